import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as e}from"./chunk-EIIEB3WU.js";function t(n){return/^http:\/\/(?:127\.0\.0\.1|localhost):\d+\/p\/([A-Za-z0-9._-]+)\/?$/.exec(n??"")?.[1]}e(t,"gatewayPrefix");export{t as a};
