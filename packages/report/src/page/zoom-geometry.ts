/** Where time runs in a drawing of a timeline, in the drawing's units. */
export interface ZoomGeometry {
  readonly left: number;
  readonly width: number;
  readonly height: number;
  /** The length of the whole timeline. */
  readonly endMs: number;
  /** Top and bottom of the areas that lines of the time axis cross. */
  readonly bands: readonly (readonly [top: number, bottom: number])[];
  /** About how many labels there is room for. */
  readonly ticks: number;
}
