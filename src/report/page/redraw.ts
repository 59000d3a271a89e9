/** @file When the charts of a page are drawn anew: for paper and back, and when its width changes. */

/** Calls `draw` at those times, with `true` for paper. */
export function drawWhenNeeded(root: HTMLElement, draw: (forPaper?: boolean) => void): void {
  const view = root.ownerDocument.defaultView;
  if (view === null) return;
  view.addEventListener("beforeprint", () => {
    draw(true);
  });
  view.addEventListener("afterprint", () => {
    draw();
  });
  let width = root.clientWidth;
  new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    width = root.clientWidth;
    view.requestAnimationFrame(() => {
      draw();
    });
  }).observe(root);
}
