import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-H7KEJP2F.js";import"./chunk-66JCFEDB.js";import"./chunk-AK5LODI2.js";import"./chunk-TMVENQWS.js";import"./chunk-VLBW5VWC.js";import"./chunk-NDJNVI3F.js";export{a as loadBacklog};
