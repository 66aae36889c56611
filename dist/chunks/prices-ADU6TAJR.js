import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b,c}from"./chunk-3PJ4U4U4.js";import"./chunk-NOFUJZY3.js";import"./chunk-MYMEY47G.js";import"./chunk-NDJNVI3F.js";export{a as loadMorePrices,b as needsMorePrices,c as priceRequest};
