import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{e as t}from"./chunk-WA6CC6YU.js";function p(e){let i=t(e);if(i!==void 0)return{pipeline:"full",sensitive:!0,why:i};let{complexity:n}=e.classification;return{pipeline:n==="complex"?"full":"fast",sensitive:!1,why:n}}export{p as a};
