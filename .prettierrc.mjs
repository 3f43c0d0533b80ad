import {createRequire} from "node:module";

// unlike import, require also looks where NODE_PATH says, outside of the checkout
const require = createRequire(import.meta.url);

// indentation is .editorconfig's
export default {
    bracketSpacing: false,
    overrides: [
        {
            files: "*.xml",
            options: {parser: "xml", xmlWhitespaceSensitivity: "strict"},
        },
        {
            files: "*.svg",
            options: {parser: "xml", xmlWhitespaceSensitivity: "ignore"},
        },
    ],
    plugins: [require.resolve("@prettier/plugin-xml")],
    printWidth: 88,
    xmlSelfClosingSpace: true,
};
