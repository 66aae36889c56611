import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-I3C6UZFM.js";import"./chunk-Z5WLV7FU.js";export default a();
