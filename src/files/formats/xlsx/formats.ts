import { dateFromSerial, format as formatNumber, getFormatDateInfo, getFormatFromId, isDateFormat } from "numfmt";
import { childOf, childrenOf, type XmlElement } from "../xml.ts";

/** How the cells of a workbook show their numbers. */
export interface Formats {
  /** A number as it is written in the file, in that of the workbook's cell formats. */
  format(value: string, style: number): string;
}

type Format = (value: number) => string;

/** @param is1904 whether days are counted from 1904, as on old Macintoshes */
export function createFormats(styles: XmlElement | undefined, is1904: boolean): Formats {
  const patterns = new Map(
    childrenOf(childOf(styles, "numFmts"), "numFmt").map(({ attributes }) => [
      attributes.numFmtId,
      attributes.formatCode,
    ]),
  );
  const cellFormats = childrenOf(childOf(styles, "cellXfs"), "xf").map(({ attributes }) => attributes.numFmtId ?? "0");
  const known = new Map<string, Format>();

  return {
    format(value, style) {
      const number = Number(value);
      if (value.trim() === "" || !Number.isFinite(number)) return value;
      const id = cellFormats[style] ?? "0";
      // Most cells are such.
      if (id === "0" && value.length <= 15 && /^-?\d+$/.test(value)) return value;
      const format = known.get(id) ?? toFormat(patterns.get(id) ?? getFormatFromId(Number(id)) ?? "General", is1904);
      known.set(id, format);
      try {
        return format(number).trim();
      } catch {
        // A pattern that nobody understands hides no number.
        return general(number);
      }
    },
  };
}

function toFormat(pattern: string, is1904: boolean): Format {
  if (pattern === "General" || pattern === "@") return general;
  if (!isDate(pattern)) return (value) => formatNumber(pattern, value);
  const { year, month, day, hours, minutes, seconds } = getFormatDateInfo(pattern);
  const hasDate = year || month || day;
  // More than a day's hours are no time of day.
  if (!hasDate && /\[[hms]+\]/i.test(pattern)) return (value) => formatNumber(pattern, value);
  return (value) => {
    const parts = dateFromSerial(value + (is1904 ? 1462 : 0));
    if (!parts || value < 0) return general(value);
    const [y, mo, d, h, mi, s] = parts.map((part) => (part < 10 ? `0${part}` : `${part}`));
    const date = `${y}-${mo}${day || !year ? `-${d}` : ""}`;
    const time = `${h}:${mi}${seconds ? `:${s}` : ""}`;
    if (!hasDate) return time;
    return hours || minutes || seconds ? `${date} ${time}` : date;
  };
}

function isDate(pattern: string): boolean {
  try {
    return isDateFormat(pattern);
  } catch {
    return false;
  }
}

/** Excel keeps fifteen digits; what is behind them is the machine's. */
function general(value: number): string {
  return String(Number(value.toPrecision(15)));
}
