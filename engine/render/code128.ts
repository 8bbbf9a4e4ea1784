/**
 * Code 128 (ISO/IEC 15417, GB/T 18347), set B: barcodes of forms. Each symbol is three bars and three
 * spaces of one to four modules, eleven in all; the stop symbol has a bar of two more.
 */
const widths: readonly string[] = [
  ...['212222', '222122', '222221', '121223', '121322', '131222', '122213', '122312', '132212'],
  ...['221213', '221312', '231212', '112232', '122132', '122231', '113222', '123122', '123221'],
  ...['223211', '221132', '221231', '213212', '223112', '312131', '311222', '321122', '321221'],
  ...['312212', '322112', '322211', '212123', '212321', '232121', '111323', '131123', '131321'],
  ...['112313', '132113', '132311', '211313', '231113', '231311', '112133', '112331', '132131'],
  ...['113123', '113321', '133121', '313121', '211331', '231131', '213113', '213311', '213131'],
  ...['311123', '311321', '331121', '312113', '312311', '332111', '314111', '221411', '431111'],
  ...['111224', '111422', '121124', '121421', '141122', '141221', '112214', '112412', '122114'],
  ...['122411', '142112', '142211', '241211', '221114', '413111', '241112', '134111', '111242'],
  ...['121142', '121241', '114212', '124112', '124211', '411212', '421112', '421211', '212141'],
  ...['214121', '412121', '111143', '111341', '131141', '114113', '114311', '411113', '411311'],
  ...['113141', '114131', '311141', '411131', '211412', '211214', '211232', '2331112'],
];

const FIRST_CHARACTER = 32;
const LAST_CHARACTER = 126;
const START_B = 104;
const STOP = 106;
const CHECK_MODULUS = 103;

/**
 * The symbols of a text: start, one for each character, check, stop.
 * @returns undefined when a character is not printable ASCII
 */
export function code128Symbols(text: string): readonly number[] | undefined {
  const values = [...text].map((letter) => letter.codePointAt(0) ?? 0);
  if (values.some((value) => value < FIRST_CHARACTER || value > LAST_CHARACTER)) return undefined;
  const data = values.map((value) => value - FIRST_CHARACTER);
  const check = data.reduce((sum, value, i) => sum + value * (i + 1), START_B) % CHECK_MODULUS;
  return [START_B, ...data, check, STOP];
}

/** Bars and spaces in turn, in modules; the first is a bar. */
export function code128Widths(text: string): readonly number[] | undefined {
  return code128Symbols(text)?.flatMap((symbol) => [...(widths[symbol] ?? '')].map(Number));
}

/** Modules of white on each side. */
const QUIET = 10;

/** Path data for an SVG: the bars of a text from the left, one unit a module. @param height of the bars */
export function code128Path(
  text: string,
  height: number,
): { readonly path: string; readonly width: number } | undefined {
  const modules = code128Widths(text);
  if (modules === undefined) return undefined;
  let x = QUIET;
  const bars: string[] = [];
  for (const [i, width] of modules.entries()) {
    if (i % 2 === 0) bars.push(`M${x} 0h${width}v${height}h-${width}z`);
    x += width;
  }
  return { path: bars.join(''), width: x + QUIET };
}
