import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-BLSUHJL3.js";import"./chunk-SLEYT4CV.js";import"./chunk-32PIKK4U.js";import"./chunk-A36JAKST.js";import"./chunk-7GCSLFGS.js";import"./chunk-WIR3DNCF.js";import"./chunk-GKPJIYGN.js";import"./chunk-NDJNVI3F.js";export{a as loadBacklog};
