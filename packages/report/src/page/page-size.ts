/** The two widths that every chart is drawn for: scaling one drawing would leave a phone with letters of 4 pixels. */
export interface PageSize {
  readonly className: "wide" | "narrow";
  /** In the drawing's units, which are pixels at the page's greatest width. */
  readonly width: number;
  readonly fontSize: number;
  /** About how many labels the time axis has room for. */
  readonly ticks: number;
  /** The most characters of a lane's name, so that what is said of it fits beside. */
  readonly longestName: number;
}

/** A desktop's column and a phone's. */
export const PAGE_SIZES: readonly PageSize[] = [
  { className: "wide", width: 1072, fontSize: 12, ticks: 12, longestName: 60 },
  { className: "narrow", width: 372, fontSize: 11, ticks: 5, longestName: 18 },
];
