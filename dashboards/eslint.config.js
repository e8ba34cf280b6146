import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Text that is shown comes from the catalogue, never from markup.
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "build nodes with h() so that the page needs no inline markup" },
        { property: "outerHTML", message: "build nodes with h() so that the page needs no inline markup" },
      ],
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  { files: ["**/*.js", "**/*.mjs"], ...tseslint.configs.disableTypeChecked },
  { files: ["mock/**"], rules: { "no-console": "off" } },
);
