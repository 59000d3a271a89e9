import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import ts from "typescript-eslint";

export default defineConfig([
  globalIgnores([
    "dist",
    "web-dist",
    "coverage",
    "**/node_modules",
    "bin",
    "bench/**/*.mjs",
    "src/data/builtin",
  ]),
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      complexity: ["error", 12],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
    },
  },
  {
    // The loops over typed arrays of the interpreter and the data: every index is in range by construction.
    files: [
      "src/graph/evaluate/**",
      "src/data/**",
      "src/compile/**",
      "src/advisor/**",
      "src/train/**",
      "src/runtime/**",
      "**/*.test.ts",
      "test/**",
      "bench/**",
    ],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      // Over a typed array, for…of takes two and a half times as long.
      "@typescript-eslint/prefer-for-of": "off",
    },
  },
  {
    // The engine runs unchanged in Node and in the browser.
    files: ["src/**/*.ts"],
    ignores: ["src/cli/**", "src/datasets.ts", "**/*.node.ts", "**/*.test.ts"],
    rules: {
      "no-console": "error",
      "no-restricted-globals": ["error", "process", "Buffer", "window", "document"],
      "no-restricted-imports": ["error", { patterns: ["node:*", "onnxruntime-*"] }],
    },
  },
]);
