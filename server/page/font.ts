// Vazirmatn, from our own host: the build puts the files beside the pages (`scripts/assets.ts`).

const face = (name: string, range: string) => `
  @font-face { font-family: Vazirmatn; font-weight: 100 900; font-display: block; unicode-range: ${range};
    src: url(/fonts/vazirmatn-${name}-wght-normal.woff2) format("woff2"); }`;

/** Persian letters and digits; Latin ones, with the punctuation of both. */
export const fontFaces =
  face("arabic", "U+0600-06FF, U+0750-077F, U+200C-200E, U+FB50-FDFF, U+FE70-FEFC") +
  face("latin", "U+0000-00FF, U+2000-200B, U+2010-206F, U+2212");
