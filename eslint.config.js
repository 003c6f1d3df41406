import tseslint from "typescript-eslint"

const clock = {
  selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
  message: "Use Clock: tests own the time."
}
const chance = {
  selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
  message: "Use Random: tests own the chance."
}

export default tseslint.config(
  {
    ignores: [
      "dist",
      "node_modules",
      "tmp",
      ".ci",
      "bench/peers",
      "test/fixtures/*/*.mjs",
      "examples/*/dist",
      "examples/*/dist-playground",
      "examples/*/node_modules"
    ]
  },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json" } },
    rules: {
      // a cast silences the compiler: decode, narrow, or say `satisfies` (`as const` stays allowed)
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // Effect's ways that these rules misread: type-level namespaces, void callbacks, template output of numbers
      "@typescript-eslint/no-namespace": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-empty-object-type": "off",
      // schema interfaces are no class instances, though the rule takes them for such
      "@typescript-eslint/no-misused-spread": "off",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { ignoreRestSiblings: true, argsIgnorePattern: "^_", varsIgnorePattern: "^_$" }
      ],
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unsafe-declaration-merging": "off"
    }
  },
  {
    // apps of their own, to be copied
    files: ["examples/pwa/**/*.ts", "examples/pwa/**/*.tsx"],
    languageOptions: { parserOptions: { project: "./examples/pwa/tsconfig.json" } }
  },
  {
    files: ["examples/electron/**/*.ts"],
    languageOptions: { parserOptions: { project: "./examples/electron/tsconfig.declared.json" } }
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-console": "error",
      "no-restricted-imports": [
        "error",
        {
          paths: ["effect", "@effect/platform"].map((name) => ({
            name,
            message: "Import the submodule: the barrel more than doubles a browser bundle."
          }))
        }
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "TryStatement", message: "Use Effect.try: errors are values here." },
        { selector: "FunctionDeclaration[async=true], ArrowFunctionExpression[async=true]", message: "Use an Effect." },
        clock,
        chance
      ]
    }
  },
  {
    // the proxy is for servers without Effect: promises and `try` are all that it has
    files: ["src/proxy/**/*.ts", "src/doors/proxy.ts", "src/wire/proxyMarks.ts", "src/wire/loopback.ts"],
    rules: {
      "no-restricted-syntax": ["error", clock, chance],
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^[^.]", message: "The proxy depends on nothing, Effect included." }] }
      ]
    }
  }
)
