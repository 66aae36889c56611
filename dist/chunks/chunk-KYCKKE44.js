import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
function e(n,i){return n!==void 0&&n!=="unknown"?n:i.ANTHROPIC_API_KEY?"api":"unknown"}export{e as a};
