export async function main(args: readonly string[]): Promise<void> {
  process.stdout.write(JSON.stringify(args) + "\n");
}
