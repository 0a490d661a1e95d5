/** A whole number as both our languages group it. */
const grouped = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

export function count(n: number): string {
  return grouped.format(n);
}
