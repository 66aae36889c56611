import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
var r=["free","cheap","balanced","frontier"];function o(e){return r.some(n=>n===e)}export{r as a,o as b};
