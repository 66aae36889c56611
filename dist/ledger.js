export * from './ledger.cjs';
