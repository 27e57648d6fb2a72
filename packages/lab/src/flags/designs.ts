/** A colour, as 0xrrggbb. */
type Colour = number;

/** How a flag is made: stripes, a cross, a disc, or a field with a corner. */
export type FlagDesign =
  | { readonly kind: "across" | "down"; readonly stripes: readonly Colour[] }
  | { readonly kind: "cross"; readonly field: Colour; readonly outer: Colour; readonly inner: Colour }
  | { readonly kind: "disc"; readonly field: Colour; readonly disc: Colour };

const [red, white, blue, black, yellow, green, orange] = [
  0xce1126, 0xffffff, 0x0b3d91, 0x111111, 0xffce00, 0x00843d, 0xff7900,
];

const across = (...stripes: readonly Colour[]): FlagDesign => ({ kind: "across", stripes });
const down = (...stripes: readonly Colour[]): FlagDesign => ({ kind: "down", stripes });
const cross = (field: Colour, outer: Colour, inner: Colour): FlagDesign => ({
  kind: "cross",
  field,
  outer,
  inner,
});
const disc = (field: Colour, colour: Colour): FlagDesign => ({ kind: "disc", field, disc: colour });

/** Flags simple enough to be drawn from stripes, crosses and discs, by country code. */
export const flagDesigns: ReadonlyMap<string, FlagDesign> = new Map([
  ["AM", across(red, blue, orange)],
  ["AT", across(red, white, red)],
  ["BD", disc(green, red)],
  ["BE", down(black, yellow, red)],
  ["BG", across(white, green, red)],
  ["CI", down(orange, white, green)],
  ["DE", across(black, red, yellow)],
  ["DK", cross(red, white, white)],
  ["EE", across(0x0072ce, black, white)],
  ["FI", cross(white, blue, blue)],
  ["FR", down(blue, white, red)],
  ["GA", across(green, yellow, blue)],
  ["GN", down(red, yellow, green)],
  ["HU", across(red, white, green)],
  ["ID", across(red, white)],
  ["IE", down(green, white, orange)],
  ["IS", cross(blue, white, red)],
  ["IT", down(green, white, red)],
  ["JP", disc(white, red)],
  ["LT", across(yellow, green, red)],
  ["LU", across(red, white, 0x00a1de)],
  ["ML", down(green, yellow, red)],
  ["NG", down(green, white, green)],
  ["NL", across(red, white, blue)],
  ["NO", cross(red, white, blue)],
  ["PE", down(red, white, red)],
  ["PL", across(white, red)],
  ["PW", disc(0x4aadd6, yellow)],
  ["RO", down(blue, yellow, red)],
  ["RU", across(white, blue, red)],
  ["SE", cross(blue, yellow, yellow)],
  ["SL", across(green, white, blue)],
  ["TD", down(blue, yellow, red)],
  ["UA", across(blue, yellow)],
  ["YE", across(red, white, black)],
]);
