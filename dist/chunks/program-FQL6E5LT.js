import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{Oa as a,Pa as b}from"./chunk-66JCFEDB.js";import"./chunk-AK5LODI2.js";import"./chunk-TMVENQWS.js";import"./chunk-VLBW5VWC.js";import"./chunk-NDJNVI3F.js";export{b as buildProgram,a as runProgram};
