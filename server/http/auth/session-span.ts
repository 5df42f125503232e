// How long a session lasts, and how old it may be before it is renewed by being used. In seconds, as Better Auth counts.

const dayS = 86_400;

export const sessionSpan = { expiresIn: 7 * dayS, updateAge: dayS } as const;
