/** One measured number and what it should be. Loopback times differ between machines; ratios and limits count. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** In words: `<= 1.5`. */
  readonly goal: string;
  readonly ok: boolean;
}

export function atMost(name: string, value: number, unit: string, limit: number): BenchRow {
  return { name, value, unit, goal: `<= ${limit}`, ok: value <= limit };
}

export function atLeast(name: string, value: number, unit: string, limit: number): BenchRow {
  return { name, value, unit, goal: `>= ${limit}`, ok: value >= limit };
}
