import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as c}from"./chunk-AVD7JCPD.js";import{a as o}from"./chunk-QK4O6UC2.js";import{N as i,O as a,z as r}from"./chunk-66JCFEDB.js";i({readFields:o,editFrontMatter:c});function j(t,e){return a(t,e,o)}function x(t,e){return r(t,e,o)}export{j as a,x as b};
