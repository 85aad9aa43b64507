/** The path of this entry point, such as `/admin/` or, below a proxy, `/auth-service/admin/`. */
export const entryPath: string = new URL(document.baseURI).pathname.replace(/[^/]*$/, '');
