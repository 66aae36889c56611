import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
function n(e){return/^http:\/\/(?:127\.0\.0\.1|localhost):\d+\/p\/([A-Za-z0-9._-]+)\/?$/.exec(e??"")?.[1]}export{n as a};
