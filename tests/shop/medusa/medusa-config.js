const {defineConfig} = require("@medusajs/framework/utils");

// without modules of its own, Medusa keeps its cache, events and workflows in memory
module.exports = defineConfig({
    admin: {disable: true},
    projectConfig: {
        databaseUrl: process.env.DATABASE_URL,
        databaseDriverOptions: {ssl: false},
        http: {
            storeCors: process.env.SHOP_URL,
            adminCors: process.env.SHOP_URL,
            authCors: process.env.SHOP_URL,
            jwtSecret: process.env.SHOP_SECRET,
            cookieSecret: process.env.SHOP_SECRET,
        },
    },
});
