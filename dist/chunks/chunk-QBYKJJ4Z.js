import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as i,b as o}from"./chunk-35JXLRAN.js";import{a as n}from"./chunk-Z5WLV7FU.js";function a(r,e){return new o({code:e.code,message:`${r}:${e.line}: ${e.message}`,fix:e.fix,exitCode:i.ProjectUnusable,file:r,line:e.line})}n(a,"ticketProblem");export{a};
