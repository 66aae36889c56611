import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as e}from"./chunk-EIIEB3WU.js";var o=["free","cheap","balanced","frontier"];function a(n){return o.some(r=>r===n)}e(a,"isTier");export{o as a,a as b};
