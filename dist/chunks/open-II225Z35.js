import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-A3GM2NFV.js";import"./chunk-66Q7HKIT.js";import"./chunk-FM6ZDNZG.js";import"./chunk-A36JAKST.js";import"./chunk-7GCSLFGS.js";import"./chunk-EU7HWRPC.js";import"./chunk-WIR3DNCF.js";import"./chunk-GKPJIYGN.js";import"./chunk-NDJNVI3F.js";export{a as loadBacklog};
