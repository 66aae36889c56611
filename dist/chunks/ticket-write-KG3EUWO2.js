import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{Ka as a,La as b,Ma as c}from"./chunk-66JCFEDB.js";import"./chunk-AK5LODI2.js";import"./chunk-TMVENQWS.js";import"./chunk-VLBW5VWC.js";import"./chunk-NDJNVI3F.js";export{a as create,b as edit,c as move};
