import { code128Path } from './code128.ts';

/** What stands on the printed form (申领表) of an application. */
export type FormText = {
  readonly applicationNo: string;
  readonly employer: string | undefined;
  readonly bank: string;
  readonly photo: string;
  /** "2026-12-30" */
  readonly expectedOn: string | undefined;
};

const WIDTH = 420;
const BAR_HEIGHT = 40;
const LINE = 18;

/**
 * The form as SVG, for a printer: its number as text and barcode (Code 128), and what was applied for. It
 * names no person: whoever fills it in does.
 */
export function applicationForm(form: FormText): string {
  const bars = code128Path(form.applicationNo, BAR_HEIGHT);
  const lines = [
    `申领编号 / application ${form.applicationNo}`,
    `单位 / employer ${form.employer ?? '（个人 / by the person）'}`,
    `发卡银行 / issuing bank ${form.bank}`,
    `照片 / photo ${form.photo}`,
    `预计领卡 / expected ${form.expectedOn ?? '—'}`,
    '姓名 / name ____________________  签名 / signature ____________________',
  ];
  const texts = lines.map(
    (line, i) => `<text x="10" y="${BAR_HEIGHT + 70 + i * LINE}">${escaped(line)}</text>`,
  );
  const height = BAR_HEIGHT + 80 + lines.length * LINE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-size="12" font-family="sans-serif">`,
    '<text x="10" y="24" font-size="16">社会保障卡申领表 / application for a social-security card</text>',
    `<path transform="translate(0 36)" d="${bars?.path ?? ''}"/>`,
    ...texts,
    '</svg>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
