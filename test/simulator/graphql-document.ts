// Reads the little of GraphQL that clients of zarinpal.md §2.9 write: one operation, one field in it, variables for its
// arguments. Whatever else stands there is refused, as a server refuses what it does not know.

/** A field and what is wanted of it; `alias` is its name in the answer. */
export type Selection = { name: string; alias: string; fields: Selection[] };
export type Operation = {
  kind: "query" | "mutation";
  /** Declared type by variable: `ID!`. */
  variables: Map<string, string>;
  /** Variable by argument. */
  args: Map<string, string>;
  field: Selection;
};

/** What a GraphQL server would say of a document that it cannot execute. */
export class DocumentError extends Error {}

const maxDepth = 8;
const token = /[\s,]+|#[^\n]*|([A-Za-z_]\w*|[!$:(){}])/y;

/** Throws a DocumentError when the text is no such operation. */
export function readOperation(text: string): Operation {
  const reader = new TokenReader(tokensOf(text));
  const kind = reader.peek() === "{" ? "query" : reader.name();
  if (kind !== "query" && kind !== "mutation") throw new DocumentError(`Syntax Error: Unexpected Name "${kind}"`);
  if (reader.isName()) reader.name();
  const variables = reader.peek() === "(" ? variablesIn(reader) : new Map<string, string>();
  reader.take("{");
  const { name, alias } = labelIn(reader);
  const args = reader.peek() === "(" ? argumentsIn(reader) : new Map<string, string>();
  const field = { name, alias, fields: selectionsIn(reader, 1) };
  reader.take("}");
  reader.end();
  return { kind, variables, args, field };
}

class TokenReader {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  peek(): string | undefined {
    return this.tokens[this.at];
  }

  isName(): boolean {
    return /^\w/.test(this.peek() ?? "");
  }

  name(): string {
    if (!this.isName()) throw new DocumentError(`Syntax Error: Expected Name, found ${this.peek() ?? "<EOF>"}`);
    return this.tokens[this.at++] ?? "";
  }

  take(expected: string): void {
    if (this.peek() !== expected)
      throw new DocumentError(`Syntax Error: Expected ${expected}, found ${this.peek() ?? "<EOF>"}`);
    this.at += 1;
  }

  end(): void {
    if (this.peek() !== undefined) throw new DocumentError(`Syntax Error: Unexpected ${this.peek()}`);
  }
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new DocumentError(`Syntax Error: Cannot parse the unexpected character at ${at}`);
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}

function variablesIn(reader: TokenReader): Map<string, string> {
  const variables = new Map<string, string>();
  reader.take("(");
  while (reader.peek() !== ")") {
    const name = variableIn(reader);
    reader.take(":");
    const type = reader.name();
    const isRequired = reader.peek() === "!";
    if (isRequired) reader.take("!");
    variables.set(name, isRequired ? `${type}!` : type);
  }
  reader.take(")");
  return variables;
}

function argumentsIn(reader: TokenReader): Map<string, string> {
  const args = new Map<string, string>();
  reader.take("(");
  while (reader.peek() !== ")") {
    const name = reader.name();
    reader.take(":");
    args.set(name, variableIn(reader));
  }
  reader.take(")");
  return args;
}

function variableIn(reader: TokenReader): string {
  reader.take("$");
  return reader.name();
}

function labelIn(reader: TokenReader): { name: string; alias: string } {
  const alias = reader.name();
  if (reader.peek() !== ":") return { name: alias, alias };
  reader.take(":");
  return { name: reader.name(), alias };
}

function selectionsIn(reader: TokenReader, depth: number): Selection[] {
  if (reader.peek() !== "{") return [];
  if (depth > maxDepth) throw new DocumentError("The document is nested too deep");
  const fields: Selection[] = [];
  reader.take("{");
  while (reader.peek() !== "}") {
    const label = labelIn(reader);
    fields.push({ ...label, fields: selectionsIn(reader, depth + 1) });
  }
  reader.take("}");
  return fields;
}
