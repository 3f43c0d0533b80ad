import {createRequire} from "node:module";

// unlike import, require also looks where NODE_PATH says, outside of the checkout
const require = createRequire(import.meta.url);
const js = require("@eslint/js");
const globals = require("globals");

export default [
    {ignores: ["node_modules/", "docs/_build/", "**/static/lib/"]},
    js.configs.recommended,
    {
        files: ["**/*.{js,mjs}"],
        languageOptions: {
            ecmaVersion: "latest",
            sourceType: "module",
        },
        linterOptions: {reportUnusedDisableDirectives: "error"},
        rules: {
            "array-callback-return": "error",
            "consistent-return": "error",
            curly: "error",
            "default-case-last": "error",
            "dot-notation": "error",
            eqeqeq: "error",
            "no-alert": "error",
            "no-console": "error",
            "no-else-return": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-new-func": "error",
            "no-param-reassign": "error",
            "no-promise-executor-return": "error",
            "no-shadow": "error",
            "no-template-curly-in-string": "error",
            "no-unmodified-loop-condition": "error",
            "no-unused-vars": ["error", {argsIgnorePattern: "^_", caughtErrors: "all"}],
            "no-use-before-define": ["error", {functions: false}],
            "no-useless-return": "error",
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
            "prefer-template": "error",
            radix: "error",
        },
    },
    {
        // what Odoo's asset bundles give to the modules of the web client
        files: ["**/static/{src,tests}/**/*.js"],
        languageOptions: {
            globals: {...globals.browser, luxon: "readonly", odoo: "readonly"},
        },
    },
    {files: ["*.mjs"], languageOptions: {globals: globals.node}},
    {
        // Medusa loads the files of its projects by require
        files: ["tests/shop/medusa/**/*.js"],
        languageOptions: {sourceType: "commonjs", globals: globals.node},
    },
];
