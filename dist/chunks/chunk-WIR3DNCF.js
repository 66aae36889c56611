import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as n,b as i}from"./chunk-GKPJIYGN.js";function t(r,e){return new i({code:e.code,message:`${r}:${e.line}: ${e.message}`,fix:e.fix,exitCode:n.ProjectUnusable,file:r,line:e.line})}export{t as a};
