import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-UQDIBTEY.js";import"./chunk-U5MBFZLS.js";import"./chunk-DWP4SGEM.js";import"./chunk-57O7OGRC.js";import"./chunk-MRITNC4H.js";import"./chunk-EIIEB3WU.js";export{a as loadBacklog};
