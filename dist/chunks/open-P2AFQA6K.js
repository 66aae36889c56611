import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-MTAYZLHD.js";import"./chunk-7CVGJGL6.js";import"./chunk-TCFAL2PN.js";import"./chunk-7GCSLFGS.js";import"./chunk-WIR3DNCF.js";import"./chunk-GKPJIYGN.js";import"./chunk-NDJNVI3F.js";export{a as loadBacklog};
