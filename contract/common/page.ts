// Cursor pages: every list takes `limit` and `cursor`, newest first unless it says otherwise.
import * as z from "zod";

export const maxPageSize = 100;

export const PageQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(maxPageSize)
    .default(20)
    .meta({
      description: `How many items at most, 1 to ${maxPageSize}.`,
      example: 20,
    }),
  cursor: z.string().min(1).max(200).optional().meta({
    description: "`nextCursor` of the page before; opaque.",
    example: "c3ViXzAx",
  }),
});

/** Where there are several logs, a cursor has a position of each, or says which of them it is in. */
const positions = /^\d{1,15}(?:[.~]\d{0,15}){0,64}$/;

/** The cursor of lists that follow the log: a position in it. */
export const PositionCursor = z
  .string()
  .refine((text) => positions.test(text), { error: "This cursor is not one of ours." })
  .optional()
  .meta({
    description: "`nextCursor` of the page before, or the `position` of the last event that is known.",
    example: "1042",
  });

export type PageQuery = z.infer<typeof PageQuery>;
