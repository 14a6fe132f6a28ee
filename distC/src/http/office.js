export {};
//# sourceMappingURL=office.js.map