/** Types of `build.mjs`, for the tests. */
interface Other {
  readonly href: string;
  readonly text: string;
  readonly hreflang: string;
}
export declare function slug(text: string): string;
export declare function target(href: string): string | null;
export declare function pageOf(source: string, of: { readonly lang: string; readonly others: readonly Other[] }): string;
export declare function build(): void;
