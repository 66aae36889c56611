import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-CEBWEEN5.js";import"./chunk-GSPQ2FXL.js";import"./chunk-NDJNVI3F.js";export{a as spawnReader};
