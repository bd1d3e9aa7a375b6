/** Fast Fourier transform in place, radix 2 (Cooley and Tukey 1965); the length is a power of two. */
export function transform(real: Float64Array, imaginary: Float64Array): void {
  const length = real.length;
  swapBitReversed(real, imaginary);
  for (let size = 2; size <= length; size *= 2) {
    const half = size / 2;
    const { cosines, sines } = turnsOf(size);
    for (let from = 0; from < length; from += size) {
      for (let index = 0; index < half; index += 1) {
        const cosine = cosines[index] ?? 0;
        const sine = sines[index] ?? 0;
        const upper = from + index;
        const lower = upper + half;
        const lowerReal = real[lower] ?? 0;
        const lowerImaginary = imaginary[lower] ?? 0;
        const turnedReal = lowerReal * cosine - lowerImaginary * sine;
        const turnedImaginary = lowerReal * sine + lowerImaginary * cosine;
        real[lower] = (real[upper] ?? 0) - turnedReal;
        imaginary[lower] = (imaginary[upper] ?? 0) - turnedImaginary;
        real[upper] = (real[upper] ?? 0) + turnedReal;
        imaginary[upper] = (imaginary[upper] ?? 0) + turnedImaginary;
      }
    }
  }
}

/**
 * How well `pattern` fits at each place of `signal`: the sum of products with the pattern's first sample there. Only places
 * where all of it lies inside, so `signal.length - pattern.length + 1` of them (none when it is longer).
 */
export function correlation(signal: Float64Array, pattern: Float64Array): Float64Array {
  const places = signal.length - pattern.length + 1;
  if (places <= 0 || pattern.length === 0) return new Float64Array(0);
  const fits = new Float64Array(places);
  const size = 2 ** Math.ceil(Math.log2(Math.max(1_024, Math.min(4 * pattern.length, 2 * signal.length))));
  const patternReal = padded(pattern, size);
  const patternImaginary = new Float64Array(size);
  transform(patternReal, patternImaginary);
  // Of each block only the places without wrap-around count (overlap-save).
  const step = size - pattern.length + 1;
  for (let from = 0; from < places; from += step) {
    const real = padded(signal.subarray(from, from + size), size);
    const imaginary = new Float64Array(size);
    transform(real, imaginary);
    timesConjugate(real, imaginary, patternReal, patternImaginary);
    // The inverse transform is the transform with real and imaginary parts exchanged.
    transform(imaginary, real);
    const count = Math.min(step, places - from);
    for (let index = 0; index < count; index += 1) fits[from + index] = (real[index] ?? 0) / size;
  }
  return fits;
}

function timesConjugate(
  real: Float64Array,
  imaginary: Float64Array,
  byReal: Float64Array,
  by: Float64Array,
): void {
  for (let index = 0; index < real.length; index += 1) {
    const a = real[index] ?? 0;
    const b = imaginary[index] ?? 0;
    const c = byReal[index] ?? 0;
    const d = by[index] ?? 0;
    real[index] = a * c + b * d;
    imaginary[index] = b * c - a * d;
  }
}

function padded(samples: Float64Array, size: number): Float64Array {
  const longer = new Float64Array(size);
  longer.set(samples.subarray(0, size));
  return longer;
}

function swapBitReversed(real: Float64Array, imaginary: Float64Array): void {
  const length = real.length;
  for (let index = 1, reversed = 0; index < length; index += 1) {
    let bit = length / 2;
    for (; reversed & bit; bit /= 2) reversed ^= bit;
    reversed ^= bit;
    if (index >= reversed) continue;
    for (const part of [real, imaginary]) {
      const kept = part[index] ?? 0;
      part[index] = part[reversed] ?? 0;
      part[reversed] = kept;
    }
  }
}

interface Turns {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

const turns = new Map<number, Turns>();

function turnsOf(size: number): Turns {
  const known = turns.get(size);
  if (known !== undefined) return known;
  const angle = (index: number) => (-2 * Math.PI * index) / size;
  const made = {
    cosines: Float64Array.from({ length: size / 2 }, (_, index) => Math.cos(angle(index))),
    sines: Float64Array.from({ length: size / 2 }, (_, index) => Math.sin(angle(index))),
  };
  turns.set(size, made);
  return made;
}
