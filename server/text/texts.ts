// What every language must be able to say.

export interface Notice {
  readonly title: string;
  readonly text: string;
}

export interface Texts {
  readonly language: "fa" | "en";
  readonly direction: "rtl" | "ltr";
  readonly brand: string;
  readonly closePage: string;
  readonly paymentMethodReturn: {
    readonly active: Notice;
    readonly pending: Notice;
    readonly failed: Notice;
    readonly ended: Notice;
  };
  readonly paymentReturn: Notice;
}
