export * from './router.cjs';
