/** @file Quantiles of Student's t distribution, for intervals from few values. */
import { invariant } from "../../errors.ts";

/**
 * P(|T| ≤ t) for T with ν degrees of freedom, ν whole; θ = atan(t / √ν):
 *
 *     ν odd   2/π (θ + sin θ (cos θ + 2/3 cos³θ + … + (2·4⋯(ν−3))/(3·5⋯(ν−2)) cos^(ν−2) θ))
 *     ν even  sin θ (1 + 1/2 cos²θ + … + (1·3⋯(ν−3))/(2·4⋯(ν−2)) cos^(ν−2) θ)
 *
 * Source: Abramowitz & Stegun (1964), 26.7.3 and 26.7.4.
 */
export function studentProbability(t: number, degrees: number): number {
  const theta = Math.atan(t / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(theta), Math.cos(theta)];
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}

/** The t with P(|T| ≤ t) = `level`, by bisection. */
export function studentQuantile(degrees: number, level = 0.95): number {
  invariant(Number.isInteger(degrees) && degrees >= 1, `${degrees} degrees of freedom`);
  let [low, high] = [0, 1];
  while (studentProbability(high, degrees) < level) high *= 2;
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (studentProbability(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return high;
}
