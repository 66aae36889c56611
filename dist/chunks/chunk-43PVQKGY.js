import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as i,e as a}from"./chunk-5SL7YZZX.js";import{f as c}from"./chunk-66Q7HKIT.js";import{a as r}from"./chunk-IRX4KVBR.js";import{a as o}from"./chunk-UFFSIYCY.js";i({readFields:o,editFrontMatter:r});function d(e,t){return a(e,t,o)}function j(e,t){return c(e,t,o)}export{d as a,j as b};
