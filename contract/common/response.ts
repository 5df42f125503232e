// The envelope of every success: `{ data, meta }`, with `page` on lists.
import * as z from "zod";

export const Meta = z
  .object({
    requestId: z.string().meta({
      description: "Id of this request; quote it to support.",
      example: "019d2fbd-8e85-7028-8c19-615d055279f7",
    }),
  })
  .meta({ id: "Meta", description: "About the answer itself." });

/** `{ data, meta: { requestId } }` around one resource. */
export function createApiResponseSchema<T extends z.ZodType>(data: T) {
  return z.object({ data, meta: Meta });
}

/** `{ data: [], meta, page: { nextCursor } }` around one page of a list. */
export function createApiListSchema<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    meta: Meta,
    page: z.object({
      nextCursor: z.string().nullable().meta({
        description: "Pass it as `cursor` for the next page; null on the last one.",
        example: null,
      }),
    }),
  });
}
