import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-5KRNKRNB.js";import"./chunk-AZPO5O63.js";import"./chunk-FWEYP233.js";import"./chunk-57O7OGRC.js";import"./chunk-MRITNC4H.js";import"./chunk-EIIEB3WU.js";export{a as loadBacklog};
