// A whole number in Persian words, as amounts stand on invoices beside their digits.

const ones = " یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده".split(" ");
const tens = "  بیست سی چهل پنجاه شصت هفتاد هشتاد نود".split(" ");
const hundreds = " صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد".split(" ");
/** A thousand times as much from one to the next, up to above any amount there is. */
const scales = ["", "هزار", "میلیون", "میلیارد", "هزار میلیارد", "میلیون میلیارد"];

/** Example: 3289000 is `سه میلیون و دویست و هشتاد و نه هزار`. */
export function wordsOf(amount: number): string {
  if (amount === 0) return "صفر";
  const digits = String(amount);
  const padded = digits.padStart(digits.length + ((3 - (digits.length % 3)) % 3), "0");
  const groups = padded.match(/.../g) ?? [];
  return groups
    .flatMap((group, index) => {
      const scale = scales[groups.length - 1 - index] ?? "";
      return group === "000" ? [] : [`${groupOf(group)} ${scale}`.trim()];
    })
    .join(" و ");
}

/** Example: `289` is `دویست و هشتاد و نه`. */
function groupOf([hundred = "0", ten = "0", one = "0"]: string): string {
  const below = Number(`${ten}${one}`);
  const rest = below < 20 ? [ones[below]] : [tens[Number(ten)], ones[Number(one)]];
  return [hundreds[Number(hundred)], ...rest].filter((word) => word !== undefined && word !== "").join(" و ");
}
