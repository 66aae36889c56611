import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-ES7C5JEQ.js";import"./chunk-BWIET6R7.js";import"./chunk-EIIEB3WU.js";export{a as spawnReader};
