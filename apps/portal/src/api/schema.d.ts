// Made by tools/docs.ts from docs/reference/openapi.json. Do not edit; run `npm run docs`.
export interface paths {
    "/v2/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["base"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head: operations["base-head"];
        patch?: never;
        trace?: never;
    };
    "/v2/_catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["catalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/{name}/tags/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["tags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/{name}/referrers/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["referrers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/{name}/manifests/{reference}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["manifest-get"];
        put: operations["manifest-put"];
        post?: never;
        delete: operations["manifest-delete"];
        options?: never;
        head: operations["manifest-head-head"];
        patch?: never;
        trace?: never;
    };
    "/v2/{name}/blobs/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["blob-get"];
        put?: never;
        post?: never;
        delete: operations["blob-delete"];
        options?: never;
        head: operations["blob-head-head"];
        patch?: never;
        trace?: never;
    };
    "/v2/{name}/blobs/uploads/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["upload-start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/{name}/blobs/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["upload-status"];
        put: operations["upload-close"];
        post?: never;
        delete: operations["upload-cancel"];
        options?: never;
        head?: never;
        patch: operations["upload-chunk"];
        trace?: never;
    };
    "/{registry-id}/{name}/blobs/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["download-get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head: operations["download-head-head"];
        patch?: never;
        trace?: never;
    };
    "/oauth2/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["token-get"];
        put?: never;
        post: operations["token-post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth2/exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["token-exchange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/_deleted/_catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["acr-deleted-catalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/_deleted/{name}/_manifests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["acr-deleted-manifests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/_deleted/{name}/_tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["acr-deleted-tags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/_deleted/{name}/_manifests/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["acr-restore-manifest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/_catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["acr-catalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["acr-repository-get"];
        put?: never;
        post?: never;
        delete: operations["acr-repository-delete"];
        options?: never;
        head?: never;
        patch: operations["acr-repository-patch"];
        trace?: never;
    };
    "/acr/v1/{name}/_usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["repository-usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/{name}/_tags/{tag}/_explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["tag-explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/{name}/_manifests/{digest}/_explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["manifest-explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/{name}/_blobs/{digest}/_explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["blob-explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/{name}/_manifests/{digest}/_scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["manifest-scan-get"];
        put?: never;
        post: operations["manifest-scan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/{name}/_tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["acr-tags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/{name}/_tags/{tag}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["acr-tag-get"];
        put?: never;
        post?: never;
        delete: operations["acr-tag-delete"];
        options?: never;
        head?: never;
        patch: operations["acr-tag-patch"];
        trace?: never;
    };
    "/acr/v1/{name}/_manifests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["acr-manifests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/acr/v1/{name}/_manifests/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["acr-manifest-get"];
        put?: never;
        post?: never;
        delete: operations["acr-manifest-delete"];
        options?: never;
        head?: never;
        patch: operations["acr-manifest-patch"];
        trace?: never;
    };
    "/holdfast/v1/{name}/_tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["bundle-tags"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/{name}/_plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["bundle-plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundle-files"];
        put?: never;
        post: operations["bundle-file-start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundle-file"];
        put?: never;
        post?: never;
        delete: operations["bundle-file-delete"];
        options?: never;
        head: operations["bundle-file-head"];
        patch: operations["bundle-file-chunk"];
        trace?: never;
    };
    "/holdfast/v1/_files/{id}/_complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["bundle-file-complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_files/{id}/_import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["bundle-file-import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_bundles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundles"];
        put?: never;
        post: operations["bundle-create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_bundles/_estimate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["bundle-estimate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_bundles/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundle"];
        put?: never;
        post?: never;
        delete: operations["bundle-delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_bundles/{digest}/_verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["bundle-verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_bundles/{digest}/_plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["bundle-plan-staged"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_bundles/{digest}/_apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["bundle-apply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_bundles/{digest}/_volumes/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundle-volume"];
        put?: never;
        post?: never;
        delete: operations["bundle-volume-delete"];
        options?: never;
        head: operations["bundle-volume-head"];
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundle-operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundle-operation"];
        put?: never;
        post?: never;
        delete: operations["bundle-operation-cancel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundle-receipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundle-key"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_signers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundle-signers"];
        put?: never;
        post: operations["bundle-signer-add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_signers/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["bundle-signer-delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holdfast/v1/_custody": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["bundle-custody"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metadata/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["metadata-endpoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["tenants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["subscriptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["subscription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/locations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["locations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/{namespace}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["provider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/{namespace}/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["provider-register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/{namespace}/unregister": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["provider-unregister"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["tenant-providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers/{namespace}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["tenant-provider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers/Microsoft.ContainerRegistry/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["registry-operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["groups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["group-get"];
        put: operations["group-put"];
        post?: never;
        delete: operations["group-delete"];
        options?: never;
        head: operations["group-exists-head"];
        patch: operations["group-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["resources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["group-resources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{scope}/providers/Microsoft.Authorization/roleDefinitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["role-definitions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["role-definition-get"];
        put: operations["role-definition-put"];
        post?: never;
        delete: operations["role-definition-delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{scope}/providers/Microsoft.Authorization/roleAssignments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["role-assignments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{scope}/providers/Microsoft.Authorization/roleAssignments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["role-assignment-get"];
        put: operations["role-assignment-put"];
        post?: never;
        delete: operations["role-assignment-delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{scope}/providers/Microsoft.Authorization/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["permissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{scope}/providers/Microsoft.Authorization/checkAccess": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["check-access"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{scope}/providers/Microsoft.Authorization/locks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["locks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{scope}/providers/Microsoft.Authorization/locks/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["lock-get"];
        put: operations["lock-put"];
        post?: never;
        delete: operations["lock-delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/registries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["registries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["group-registries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["registry-get"];
        put: operations["registry-put"];
        post?: never;
        delete: operations["registry-delete"];
        options?: never;
        head?: never;
        patch: operations["registry-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["registry-name-check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/listCredentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["registry-credentials"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/regenerateCredential": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["registry-credential-renew"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/scopeMaps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["scope-maps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/scopeMaps/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["scope-map-get"];
        put: operations["scope-map-put"];
        post?: never;
        delete: operations["scope-map-delete"];
        options?: never;
        head?: never;
        patch: operations["scope-map-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["tokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/tokens/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["token-resource-get"];
        put: operations["token-resource-put"];
        post?: never;
        delete: operations["token-resource-delete"];
        options?: never;
        head?: never;
        patch: operations["token-resource-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/generateCredentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["token-credentials"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["activity-log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/listUsages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["registry-usages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/replications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["replications-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/replications/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["replications-get"];
        put: operations["replications-put"];
        post?: never;
        delete: operations["replications-delete"];
        options?: never;
        head?: never;
        patch: operations["replications-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["tasks-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/tasks/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["tasks-get"];
        put: operations["tasks-put"];
        post?: never;
        delete: operations["tasks-delete"];
        options?: never;
        head?: never;
        patch: operations["tasks-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/taskRuns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["taskRuns-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/taskRuns/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["taskRuns-get"];
        put: operations["taskRuns-put"];
        post?: never;
        delete: operations["taskRuns-delete"];
        options?: never;
        head?: never;
        patch: operations["taskRuns-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["runs-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/runs/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["runs-get"];
        put: operations["runs-put"];
        post?: never;
        delete: operations["runs-delete"];
        options?: never;
        head?: never;
        patch: operations["runs-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/agentPools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["agentPools-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/agentPools/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["agentPools-get"];
        put: operations["agentPools-put"];
        post?: never;
        delete: operations["agentPools-delete"];
        options?: never;
        head?: never;
        patch: operations["agentPools-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/cacheRules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["cacheRules-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/cacheRules/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["cacheRules-get"];
        put: operations["cacheRules-put"];
        post?: never;
        delete: operations["cacheRules-delete"];
        options?: never;
        head?: never;
        patch: operations["cacheRules-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/credentialSets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["credentialSets-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/credentialSets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["credentialSets-get"];
        put: operations["credentialSets-put"];
        post?: never;
        delete: operations["credentialSets-delete"];
        options?: never;
        head?: never;
        patch: operations["credentialSets-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/connectedRegistries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["connectedRegistries-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/connectedRegistries/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["connectedRegistries-get"];
        put: operations["connectedRegistries-put"];
        post?: never;
        delete: operations["connectedRegistries-delete"];
        options?: never;
        head?: never;
        patch: operations["connectedRegistries-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/privateEndpointConnections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["privateEndpointConnections-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/privateEndpointConnections/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["privateEndpointConnections-get"];
        put: operations["privateEndpointConnections-put"];
        post?: never;
        delete: operations["privateEndpointConnections-delete"];
        options?: never;
        head?: never;
        patch: operations["privateEndpointConnections-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/exportPipelines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["exportPipelines-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/exportPipelines/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["exportPipelines-get"];
        put: operations["exportPipelines-put"];
        post?: never;
        delete: operations["exportPipelines-delete"];
        options?: never;
        head?: never;
        patch: operations["exportPipelines-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/importPipelines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["importPipelines-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/importPipelines/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["importPipelines-get"];
        put: operations["importPipelines-put"];
        post?: never;
        delete: operations["importPipelines-delete"];
        options?: never;
        head?: never;
        patch: operations["importPipelines-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webhook-get"];
        put: operations["webhook-put"];
        post?: never;
        delete: operations["webhook-delete"];
        options?: never;
        head?: never;
        patch: operations["webhook-patch"];
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/webhooks/{webhook}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["webhook-ping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/webhooks/{webhook}/getCallbackConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["webhook-config"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/webhooks/{webhook}/replayEvents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["webhook-replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/webhooks/{webhook}/listEvents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webhook-events-page"];
        put?: never;
        post: operations["webhook-events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/importImage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["registry-import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/locations/{location}/operationResults/{operation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["operation-result"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/quotas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["quotas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/quotas/{quota}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["quota-get"];
        put: operations["quota-put"];
        post?: never;
        delete: operations["quota-delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/quotas/{quota}/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["quota-subscriptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/quotas/{quota}/subscriptions/{target}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["quota-assign"];
        post?: never;
        delete: operations["quota-unassign"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/configurations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["configurations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/configurations/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["configuration-get"];
        put: operations["configuration-put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/capacities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["capacities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/capacities/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["capacity-get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/registries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["site-registries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers/Microsoft.ContainerRegistry.Admin/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["admin-operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Setup/locations/{location}/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["setup-status"];
        put?: never;
        post: operations["setup-start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/jobs/{job}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["job-pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/jobs/{job}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["job-resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/jobs/{job}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["job-run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/capacitySamples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["capacity-samples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["site-certificates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["site-health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/previewQuarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["registry-quarantine-preview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/cleanupPolicies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["cleanupPolicies-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/cleanupPolicies/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["cleanupPolicies-get"];
        put: operations["cleanupPolicies-put"];
        post?: never;
        delete: operations["cleanupPolicies-delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/immutableTagPolicies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["immutableTagPolicies-list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/immutableTagPolicies/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["immutableTagPolicies-get"];
        put: operations["immutableTagPolicies-put"];
        post?: never;
        delete: operations["immutableTagPolicies-delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/previewCleanup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["registry-cleanup-preview"];
        put?: never;
        post: operations["registry-cleanup-preview-draft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["group-deployments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{deployment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["group-deployment-get"];
        put: operations["group-deployment-put"];
        post?: never;
        delete: operations["group-deployment-delete"];
        options?: never;
        head: operations["group-deployment-exists-head"];
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{deployment}/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["group-deployment-validate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{deployment}/whatIf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["group-deployment-what-if"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{deployment}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["group-deployment-cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{deployment}/exportTemplate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["group-deployment-export"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{deployment}/operationStatuses/{status}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["group-deployment-status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{deployment}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["group-deployment-operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{deployment}/operations/{operation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["group-deployment-operation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.Resources/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["subscription-deployments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.Resources/deployments/{deployment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["subscription-deployment-get"];
        put: operations["subscription-deployment-put"];
        post?: never;
        delete: operations["subscription-deployment-delete"];
        options?: never;
        head: operations["subscription-deployment-exists-head"];
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.Resources/deployments/{deployment}/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["subscription-deployment-validate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.Resources/deployments/{deployment}/whatIf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["subscription-deployment-what-if"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.Resources/deployments/{deployment}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["subscription-deployment-cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.Resources/deployments/{deployment}/exportTemplate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["subscription-deployment-export"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.Resources/deployments/{deployment}/operationStatuses/{status}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["subscription-deployment-status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.Resources/deployments/{deployment}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["subscription-deployment-operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/providers/Microsoft.Resources/deployments/{deployment}/operations/{operation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["subscription-deployment-operation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/deployments/{deployment}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["group-deployment-plain-operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscription}/resourceGroups/{group}/deployments/{deployment}/operations/{operation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["group-deployment-plain-operation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/adfs/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["adfs-discovery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/adfs/{tenant}/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["adfs-tenant-discovery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/adfs/discovery/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["adfs-keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-discovery-v1"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/v2.0/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-discovery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/discovery/v2.0/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/discovery/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-keys-v1"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/common/discovery/instance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-instance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/common/userrealm/{upn}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-user-realm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/adfs/oauth2/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["adfs-token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/adfs/oauth2/devicecode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["adfs-device-code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/oauth2/v2.0/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["entra-token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/oauth2/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["entra-token-v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/oauth2/v2.0/devicecode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["entra-device-code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/oauth2/devicecode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["entra-device-code-v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/adfs/oauth2/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["adfs-authorize"];
        put?: never;
        post: operations["adfs-authorize-answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/oauth2/v2.0/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-authorize"];
        put?: never;
        post: operations["entra-authorize-answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/oauth2/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-authorize-v1"];
        put?: never;
        post: operations["entra-authorize-v1-answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/adfs/oauth2/deviceauth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["adfs-device-page"];
        put?: never;
        post: operations["adfs-device-answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/common/oauth2/deviceauth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-device-page"];
        put?: never;
        post: operations["entra-device-answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/adfs/oauth2/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["adfs-logout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/oauth2/v2.0/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-logout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/oauth2/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["entra-logout-v1"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/adfs/oauth2/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["adfs-revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{tenant}/oauth2/v2.0/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["entra-revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/me/changePassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-change-password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-users"];
        put?: never;
        post: operations["graph-user-create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-user"];
        put?: never;
        post?: never;
        delete: operations["graph-user-delete"];
        options?: never;
        head?: never;
        patch: operations["graph-user-update"];
        trace?: never;
    };
    "/v1.0/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-groups"];
        put?: never;
        post: operations["graph-group-create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/groups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-group"];
        put?: never;
        post?: never;
        delete: operations["graph-group-delete"];
        options?: never;
        head?: never;
        patch: operations["graph-group-update"];
        trace?: never;
    };
    "/v1.0/groups/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-group-members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/groups/{id}/members/$ref": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-group-member-add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/groups/{id}/members/{member}/$ref": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["graph-group-member-remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/groups/{id}/owners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-group-owners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/directoryObjects/getByIds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-objects-by-ids"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/directoryObjects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-object"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/directoryObjects/{id}/checkMemberGroups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-check-member-groups"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/directoryObjects/{id}/getMemberGroups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-object-groups"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/users/{id}/getMemberGroups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-user-groups"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/groups/{id}/getMemberGroups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-group-groups"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/servicePrincipals/{id}/getMemberGroups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-principal-groups"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/me/memberOf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-my-member-of"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/users/{id}/memberOf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-user-member-of"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/me/ownedObjects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-my-objects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-applications"];
        put?: never;
        post: operations["graph-application-create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/applications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-application"];
        put?: never;
        post?: never;
        delete: operations["graph-application-delete"];
        options?: never;
        head?: never;
        patch: operations["graph-application-update"];
        trace?: never;
    };
    "/v1.0/applications/{id}/addPassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-application-add-password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/applications/{id}/removePassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-application-remove-password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/applications/{id}/owners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-application-owners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/servicePrincipals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-principals"];
        put?: never;
        post: operations["graph-principal-create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/servicePrincipals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-principal"];
        put?: never;
        post?: never;
        delete: operations["graph-principal-delete"];
        options?: never;
        head?: never;
        patch: operations["graph-principal-update"];
        trace?: never;
    };
    "/v1.0/servicePrincipals/{id}/addPassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-principal-add-password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/servicePrincipals/{id}/removePassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["graph-principal-remove-password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1.0/servicePrincipals/{id}/owners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["graph-principal-owners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/portal/{page}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["portal-page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/portal/assets/{asset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["portal-asset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/portal/settings.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["portal-settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    base: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "base-head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    catalog: {
        parameters: {
            query?: {
                n?: number;
                last?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        repositories: string[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    tags: {
        parameters: {
            query?: {
                n?: number;
                last?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        tags: string[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    referrers: {
        parameters: {
            query?: {
                artifactType?: string;
                n?: number;
                last?: string;
            };
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.oci.image.index.v1+json": {
                        schemaVersion: number;
                        mediaType: string;
                        manifests: {
                            mediaType: string;
                            digest: string;
                            size: number;
                            artifactType?: string;
                            annotations?: {
                                [key: string]: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "manifest-get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                reference: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.oci.image.manifest.v1+json": unknown;
                    "application/vnd.oci.image.index.v1+json": unknown;
                    "application/vnd.docker.distribution.manifest.v2+json": unknown;
                    "application/vnd.docker.distribution.manifest.list.v2+json": unknown;
                    "*/*": unknown;
                };
            };
            /** @description Unchanged: what the client has is what is here. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "manifest-put": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                reference: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/vnd.oci.image.manifest.v1+json": unknown;
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "manifest-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                reference: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "manifest-head-head": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                reference: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unchanged: what the client has is what is here. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "blob-get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description The part that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description Unchanged: what the client has is what is here. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is at `Location`. */
            307: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "blob-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "blob-head-head": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unchanged: what the client has is what is here. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "upload-start": {
        parameters: {
            query?: {
                digest?: string;
                mount?: string;
                from?: string;
                "digest-algorithm"?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "upload-status": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "upload-close": {
        parameters: {
            query?: {
                digest?: string;
            };
            header?: never;
            path: {
                name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "upload-cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "upload-chunk": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "download-get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                "registry-id": string;
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description The part that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description Unchanged: what the client has is what is here. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "download-head-head": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                "registry-id": string;
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unchanged: what the client has is what is here. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "token-get": {
        parameters: {
            query?: {
                service?: string;
                scope?: string;
                account?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string;
                        token?: string;
                        expires_in?: number;
                        issued_at?: string;
                        scope?: string;
                        refresh_token?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "token-post": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    grant_type: string;
                    service: string;
                    scope: string;
                    refresh_token: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string;
                        token?: string;
                        expires_in?: number;
                        issued_at?: string;
                        scope?: string;
                        refresh_token?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "token-exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    grant_type: string;
                    service: string;
                    access_token: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        refresh_token: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-deleted-catalog": {
        parameters: {
            query?: {
                n?: number;
                last?: string;
                orderby?: string;
                lastTime?: string;
                lastKey?: string;
                lastDigest?: string;
                digest?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        repositories: string[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-deleted-manifests": {
        parameters: {
            query?: {
                n?: number;
                last?: string;
                orderby?: string;
                lastTime?: string;
                lastKey?: string;
                lastDigest?: string;
                digest?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        manifests: {
                            digest: string;
                            imageSize: number;
                            createdTime: string;
                            deletedAt: string;
                            architecture?: string;
                            os?: string;
                            mediaType: string;
                            configMediaType?: string;
                            tags?: string[];
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-deleted-tags": {
        parameters: {
            query?: {
                n?: number;
                last?: string;
                orderby?: string;
                lastTime?: string;
                lastKey?: string;
                lastDigest?: string;
                digest?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        tags: {
                            tag: string;
                            digest: string;
                            deletedAt: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-restore-manifest": {
        parameters: {
            query?: {
                force?: string;
            };
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        digest: string;
                        tag?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-catalog": {
        parameters: {
            query?: {
                n?: number;
                last?: string;
                orderby?: string;
                lastTime?: string;
                lastKey?: string;
                lastDigest?: string;
                digest?: string;
                details?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        repositories: string[];
                        details?: {
                            name: string;
                            createdTime: string;
                            lastUpdateTime: string;
                            manifestCount: number;
                            tagCount: number;
                            storedBytes: number;
                            lastPullTime?: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-repository-get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        createdTime: string;
                        lastUpdateTime: string;
                        manifestCount: number;
                        tagCount: number;
                        changeableAttributes: {
                            deleteEnabled: boolean;
                            writeEnabled: boolean;
                            readEnabled: boolean;
                            listEnabled: boolean;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-repository-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        manifestsDeleted: string[];
                        tagsDeleted: string[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-repository-patch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        createdTime: string;
                        lastUpdateTime: string;
                        manifestCount: number;
                        tagCount: number;
                        changeableAttributes: {
                            deleteEnabled: boolean;
                            writeEnabled: boolean;
                            readEnabled: boolean;
                            listEnabled: boolean;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "repository-usage": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        usage: {
                            manifestCount: number;
                            tagCount: number;
                            storedBytes: number;
                            uniqueBytes: number;
                            sharedBytes: number;
                            logicalBytes: number;
                            lastPullTime?: string;
                            keptBy?: string;
                            deletingFrees: {
                                count: number;
                                bytes: number;
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "tag-explain": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        tag: {
                            name: string;
                            keptBy?: string;
                            deletingFrees: {
                                count: number;
                                bytes: number;
                            };
                            lastTag: boolean;
                            manifest: {
                                digest: string;
                                pushedBy: string;
                                lastPullTime?: string;
                                referencedBy: {
                                    tags: string[];
                                    indexes: string[];
                                    referrers: string[];
                                };
                                subject?: string;
                                keptBy?: string;
                                lock?: {
                                    flag: string;
                                    kind: string;
                                    name: string;
                                    setBy: string;
                                };
                                quarantine?: {
                                    state: string;
                                    manifest: string;
                                    setBy?: string;
                                    since?: string;
                                };
                                deletingFrees: {
                                    count: number;
                                    bytes: number;
                                };
                                layers: {
                                    digest: string;
                                    kind: string;
                                    size: number;
                                    stored: boolean;
                                    manifests: string[];
                                    shared: boolean;
                                    repositories: string[];
                                }[];
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "manifest-explain": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        manifest: {
                            digest: string;
                            pushedBy: string;
                            lastPullTime?: string;
                            referencedBy: {
                                tags: string[];
                                indexes: string[];
                                referrers: string[];
                            };
                            subject?: string;
                            keptBy?: string;
                            lock?: {
                                flag: string;
                                kind: string;
                                name: string;
                                setBy: string;
                            };
                            quarantine?: {
                                state: string;
                                manifest: string;
                                setBy?: string;
                                since?: string;
                            };
                            deletingFrees: {
                                count: number;
                                bytes: number;
                            };
                            layers: {
                                digest: string;
                                kind: string;
                                size: number;
                                stored: boolean;
                                manifests: string[];
                                shared: boolean;
                                repositories: string[];
                            }[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "blob-explain": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        blob: {
                            digest: string;
                            size: number;
                            damage?: string;
                            state: string;
                            since: string;
                            goesAt?: string;
                            manifests: {
                                digest: string;
                                tags: string[];
                            }[];
                            shared: boolean;
                            repositories: string[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "manifest-scan-get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        scan: {
                            digest: string;
                            state: string;
                            requestedTime?: string;
                            finishedTime?: string;
                            failures?: number;
                            reason?: string;
                            severity?: string;
                            scanner?: string;
                            report?: unknown;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "manifest-scan": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        scan: {
                            digest: string;
                            state: string;
                            requestedTime?: string;
                            finishedTime?: string;
                            failures?: number;
                            reason?: string;
                            severity?: string;
                            scanner?: string;
                            report?: unknown;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-tags": {
        parameters: {
            query?: {
                n?: number;
                last?: string;
                orderby?: string;
                lastTime?: string;
                lastKey?: string;
                lastDigest?: string;
                digest?: string;
                include?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        tags: {
                            name: string;
                            digest: string;
                            createdTime: string;
                            lastUpdateTime: string;
                            signed: boolean;
                            changeableAttributes: {
                                deleteEnabled: boolean;
                                writeEnabled: boolean;
                                readEnabled: boolean;
                                listEnabled: boolean;
                            };
                            manifest?: {
                                mediaType: string;
                                imageSize: number;
                                architecture?: string;
                                os?: string;
                                quarantineState?: string;
                            };
                            imageSize?: number;
                            lastPullTime?: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-tag-get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        tag: {
                            name: string;
                            digest: string;
                            createdTime: string;
                            lastUpdateTime: string;
                            signed: boolean;
                            changeableAttributes: {
                                deleteEnabled: boolean;
                                writeEnabled: boolean;
                                readEnabled: boolean;
                                listEnabled: boolean;
                            };
                            manifest?: {
                                mediaType: string;
                                imageSize: number;
                                architecture?: string;
                                os?: string;
                                quarantineState?: string;
                            };
                            imageSize?: number;
                            lastPullTime?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-tag-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-tag-patch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                tag: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        tag: {
                            name: string;
                            digest: string;
                            createdTime: string;
                            lastUpdateTime: string;
                            signed: boolean;
                            changeableAttributes: {
                                deleteEnabled: boolean;
                                writeEnabled: boolean;
                                readEnabled: boolean;
                                listEnabled: boolean;
                            };
                            manifest?: {
                                mediaType: string;
                                imageSize: number;
                                architecture?: string;
                                os?: string;
                                quarantineState?: string;
                            };
                            imageSize?: number;
                            lastPullTime?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-manifests": {
        parameters: {
            query?: {
                n?: number;
                last?: string;
                orderby?: string;
                lastTime?: string;
                lastKey?: string;
                lastDigest?: string;
                digest?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        manifests: {
                            digest: string;
                            imageSize: number;
                            createdTime: string;
                            lastUpdateTime: string;
                            architecture?: string;
                            os?: string;
                            mediaType: string;
                            configMediaType?: string;
                            tags?: string[];
                            references?: {
                                digest: string;
                                architecture?: string;
                                os?: string;
                            }[];
                            changeableAttributes: {
                                deleteEnabled: boolean;
                                writeEnabled: boolean;
                                readEnabled: boolean;
                                listEnabled: boolean;
                                quarantineState?: string;
                                quarantineDetails?: string;
                            };
                            lastPullTime?: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-manifest-get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        manifest: {
                            digest: string;
                            imageSize: number;
                            createdTime: string;
                            lastUpdateTime: string;
                            architecture?: string;
                            os?: string;
                            mediaType: string;
                            configMediaType?: string;
                            tags?: string[];
                            references?: {
                                digest: string;
                                architecture?: string;
                                os?: string;
                            }[];
                            changeableAttributes: {
                                deleteEnabled: boolean;
                                writeEnabled: boolean;
                                readEnabled: boolean;
                                listEnabled: boolean;
                                quarantineState?: string;
                                quarantineDetails?: string;
                            };
                            lastPullTime?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-manifest-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "acr-manifest-patch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        registry: string;
                        imageName: string;
                        manifest: {
                            digest: string;
                            imageSize: number;
                            createdTime: string;
                            lastUpdateTime: string;
                            architecture?: string;
                            os?: string;
                            mediaType: string;
                            configMediaType?: string;
                            tags?: string[];
                            references?: {
                                digest: string;
                                architecture?: string;
                                os?: string;
                            }[];
                            changeableAttributes: {
                                deleteEnabled: boolean;
                                writeEnabled: boolean;
                                readEnabled: boolean;
                                listEnabled: boolean;
                                quarantineState?: string;
                                quarantineDetails?: string;
                            };
                            lastPullTime?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-tags": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        moved: number;
                        tags: number;
                        superseded: {
                            repository: string;
                            tag: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-plan": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    bytes: number;
                    tags: {
                        repository: string;
                        tag: string;
                        digest: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        room: {
                            left: number;
                            fits: boolean;
                            siteFits: boolean;
                        };
                        quarantine: boolean;
                        tags: {
                            repository: string;
                            tag: string;
                            digest: string;
                            state: string;
                            previous?: string;
                            why?: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        files: {
                            id: string;
                            kind: string;
                            state: string;
                            reason?: string;
                            name: string;
                            carriedBy?: string;
                            size: number;
                            offset: number;
                            digest?: string;
                            bundle?: string;
                            number?: number;
                            of?: number;
                            signer?: string;
                            startedAt: string;
                            updatedAt: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-file-start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    size: number;
                    kind?: string;
                    carriedBy?: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        reason?: string;
                        name: string;
                        carriedBy?: string;
                        size: number;
                        offset: number;
                        digest?: string;
                        bundle?: string;
                        number?: number;
                        of?: number;
                        signer?: string;
                        startedAt: string;
                        updatedAt: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-file": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        reason?: string;
                        name: string;
                        carriedBy?: string;
                        size: number;
                        offset: number;
                        digest?: string;
                        bundle?: string;
                        number?: number;
                        of?: number;
                        signer?: string;
                        startedAt: string;
                        updatedAt: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-file-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-file-head": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        reason?: string;
                        name: string;
                        carriedBy?: string;
                        size: number;
                        offset: number;
                        digest?: string;
                        bundle?: string;
                        number?: number;
                        of?: number;
                        signer?: string;
                        startedAt: string;
                        updatedAt: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-file-chunk": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        reason?: string;
                        name: string;
                        carriedBy?: string;
                        size: number;
                        offset: number;
                        digest?: string;
                        bundle?: string;
                        number?: number;
                        of?: number;
                        signer?: string;
                        startedAt: string;
                        updatedAt: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-file-complete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    digest?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        reason?: string;
                        name: string;
                        carriedBy?: string;
                        size: number;
                        offset: number;
                        digest?: string;
                        bundle?: string;
                        number?: number;
                        of?: number;
                        signer?: string;
                        startedAt: string;
                        updatedAt: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-file-import": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    repository?: string;
                };
            };
        };
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        bundle?: string;
                        by: string;
                        startedAt: string;
                        updatedAt: string;
                        progress?: {
                            step: string;
                            done: number;
                            total?: number;
                        };
                        result?: {
                            [key: string]: unknown;
                        };
                        error?: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    bundles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bundles: {
                            bundle: string;
                            made: boolean;
                            signer: string;
                            signerName?: string;
                            of: number;
                            missing: number[];
                            volumes: {
                                number: number;
                                name: string;
                                size: number;
                                digest?: string;
                                by: string;
                                carriedBy?: string;
                                since: string;
                                verifiedAt?: string;
                            }[];
                            summary?: {
                                created: string;
                                source: string;
                                against: string[];
                                tags: number;
                                manifests: number;
                                manifestsHeld: number;
                                blobs: number;
                                blobsHeld: number;
                                contentBytes: number;
                            };
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    images: string[];
                    platform?: string;
                    volumeBytes?: number;
                    name?: string;
                    receipt?: string;
                    assumeArrived?: boolean;
                    doubted?: string[];
                };
            };
        };
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        bundle?: string;
                        by: string;
                        startedAt: string;
                        updatedAt: string;
                        progress?: {
                            step: string;
                            done: number;
                            total?: number;
                        };
                        result?: {
                            [key: string]: unknown;
                        };
                        error?: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-estimate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    images: string[];
                    platform?: string;
                    volumeBytes?: number;
                    name?: string;
                    receipt?: string;
                    assumeArrived?: boolean;
                    doubted?: string[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        created: string;
                        source: string;
                        against: string[];
                        tags: number;
                        manifests: number;
                        manifestsHeld: number;
                        blobs: number;
                        blobsHeld: number;
                        contentBytes: number;
                        volumes: number;
                        layersLeftOut: string[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    bundle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bundle: string;
                        made: boolean;
                        signer: string;
                        signerName?: string;
                        of: number;
                        missing: number[];
                        volumes: {
                            number: number;
                            name: string;
                            size: number;
                            digest?: string;
                            by: string;
                            carriedBy?: string;
                            since: string;
                            verifiedAt?: string;
                        }[];
                        summary?: {
                            created: string;
                            source: string;
                            against: string[];
                            tags: number;
                            manifests: number;
                            manifestsHeld: number;
                            blobs: number;
                            blobsHeld: number;
                            contentBytes: number;
                        };
                        tags: {
                            repository: string;
                            tag: string;
                            digest: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-verify": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        bundle?: string;
                        by: string;
                        startedAt: string;
                        updatedAt: string;
                        progress?: {
                            step: string;
                            done: number;
                            total?: number;
                        };
                        result?: {
                            [key: string]: unknown;
                        };
                        error?: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-plan-staged": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bundle: string;
                        signer: string;
                        missingVolumes: number[];
                        seconds?: number;
                        blobsToSend?: number;
                        bytesToSend?: number;
                        manifestsToPut?: number;
                        lacks?: string[];
                        room?: {
                            left: number;
                            fits: boolean;
                            siteFits: boolean;
                        };
                        quarantine?: boolean;
                        tags: {
                            repository: string;
                            tag: string;
                            digest: string;
                            state: string;
                            previous?: string;
                            refused?: string;
                            why?: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-apply": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        bundle?: string;
                        by: string;
                        startedAt: string;
                        updatedAt: string;
                        progress?: {
                            step: string;
                            done: number;
                            total?: number;
                        };
                        result?: {
                            [key: string]: unknown;
                        };
                        error?: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-volume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": unknown;
                };
            };
            /** @description The part that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": unknown;
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-volume-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-volume-head": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": unknown;
                };
            };
            /** @description The part that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": unknown;
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operations: {
                            id: string;
                            kind: string;
                            state: string;
                            bundle?: string;
                            by: string;
                            startedAt: string;
                            updatedAt: string;
                            progress?: {
                                step: string;
                                done: number;
                                total?: number;
                            };
                            result?: {
                                [key: string]: unknown;
                            };
                            error?: {
                                code: string;
                                message: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-operation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        bundle?: string;
                        by: string;
                        startedAt: string;
                        updatedAt: string;
                        progress?: {
                            step: string;
                            done: number;
                            total?: number;
                        };
                        result?: {
                            [key: string]: unknown;
                        };
                        error?: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-operation-cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        kind: string;
                        state: string;
                        bundle?: string;
                        by: string;
                        startedAt: string;
                        updatedAt: string;
                        progress?: {
                            step: string;
                            done: number;
                            total?: number;
                        };
                        result?: {
                            [key: string]: unknown;
                        };
                        error?: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        publicKey: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-signers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        signers: {
                            id: string;
                            name: string;
                            publicKey: string;
                            addedBy: string;
                            addedAt: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-signer-add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    publicKey: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        publicKey: string;
                        addedBy: string;
                        addedAt: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-signer-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "bundle-custody": {
        parameters: {
            query?: {
                before?: string;
                n?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: {
                            place: number;
                            time: string;
                            by: string;
                            action: string;
                            bundle?: string;
                            signer?: string;
                            carriedBy?: string;
                            volumes?: number[];
                            of?: number;
                            file?: string;
                            created?: string;
                            tags?: number;
                            bytes?: number;
                            seconds?: number;
                            lacks?: number;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "metadata-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        resourceManager: string;
                        portal: string;
                        gallery: string;
                        graph: string;
                        graphAudience: string;
                        microsoftGraphResourceId: string;
                        authentication: {
                            loginEndpoint: string;
                            audiences: string[];
                            tenant: string;
                            identityProvider: string;
                        };
                        suffixes: {
                            acrLoginServer: string;
                            keyVaultDns: string;
                            storage: string;
                        };
                    } | {
                        name: string;
                        resourceManager: string;
                        portal: string;
                        gallery: string;
                        graph: string;
                        graphAudience: string;
                        microsoftGraphResourceId: string;
                        authentication: {
                            loginEndpoint: string;
                            audiences: string[];
                            tenant: string;
                            identityProvider: string;
                        };
                        suffixes: {
                            acrLoginServer: string;
                            keyVaultDns: string;
                            storage: string;
                        };
                    }[] | {
                        galleryEndpoint: string;
                        graphEndpoint: string;
                        portalEndpoint: string;
                        authentication: {
                            loginEndpoint: string;
                            audiences: string[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    tenants: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            tenantId: string;
                            displayName: string;
                            countryCode: string;
                            tenantCategory: string;
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    subscriptions: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            subscriptionId: string;
                            tenantId: string;
                            displayName: string;
                            state: string;
                            managedByTenants: unknown[];
                            authorizationSource: string;
                            subscriptionPolicies: {
                                [key: string]: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    subscription: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        subscriptionId: string;
                        tenantId: string;
                        displayName: string;
                        state: string;
                        managedByTenants: unknown[];
                        authorizationSource: string;
                        subscriptionPolicies: {
                            [key: string]: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    locations: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type: string;
                            displayName: string;
                            regionalDisplayName: string;
                            metadata: {
                                [key: string]: unknown;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    providers: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            namespace: string;
                            registrationState: string;
                            registrationPolicy: string;
                            resourceTypes: {
                                resourceType: string;
                                locations: string[];
                                apiVersions: string[];
                                capabilities: string;
                            }[];
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    provider: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        namespace: string;
                        registrationState: string;
                        registrationPolicy: string;
                        resourceTypes: {
                            resourceType: string;
                            locations: string[];
                            apiVersions: string[];
                            capabilities: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "provider-register": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        namespace: string;
                        registrationState: string;
                        registrationPolicy: string;
                        resourceTypes: {
                            resourceType: string;
                            locations: string[];
                            apiVersions: string[];
                            capabilities: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "provider-unregister": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        namespace: string;
                        registrationState: string;
                        registrationPolicy: string;
                        resourceTypes: {
                            resourceType: string;
                            locations: string[];
                            apiVersions: string[];
                            capabilities: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "tenant-providers": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            namespace: string;
                            registrationState: string;
                            registrationPolicy: string;
                            resourceTypes: {
                                resourceType: string;
                                locations: string[];
                                apiVersions: string[];
                                capabilities: string;
                            }[];
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "tenant-provider": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        namespace: string;
                        registrationState: string;
                        registrationPolicy: string;
                        resourceTypes: {
                            resourceType: string;
                            locations: string[];
                            apiVersions: string[];
                            capabilities: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-operations": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            name: string;
                            display: {
                                provider: string;
                                resource: string;
                                operation: string;
                                description: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    groups: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type: string;
                            location: string;
                            tags: {
                                [key: string]: string;
                            };
                            properties: {
                                provisioningState: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        location: string;
                        tags: {
                            [key: string]: string;
                        };
                        properties: {
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    location: string;
                    tags?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        location: string;
                        tags: {
                            [key: string]: string;
                        };
                        properties: {
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        location: string;
                        tags: {
                            [key: string]: string;
                        };
                        properties: {
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-exists-head": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    tags?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        location: string;
                        tags: {
                            [key: string]: string;
                        };
                        properties: {
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    resources: {
        parameters: {
            query: {
                $filter?: string;
                $top?: number;
                $skipToken?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type: string;
                            location: string;
                            tags: {
                                [key: string]: string;
                            };
                            sku?: {
                                name: string;
                                tier: string;
                            };
                            createdTime: string;
                            changedTime: string;
                            provisioningState: string;
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-resources": {
        parameters: {
            query: {
                $filter?: string;
                $top?: number;
                $skipToken?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type: string;
                            location: string;
                            tags: {
                                [key: string]: string;
                            };
                            sku?: {
                                name: string;
                                tier: string;
                            };
                            createdTime: string;
                            changedTime: string;
                            provisioningState: string;
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "role-definitions": {
        parameters: {
            query: {
                $filter?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                roleName: string;
                                type: string;
                                description?: string;
                                assignableScopes: string[];
                                permissions: {
                                    actions: string[];
                                    notActions: string[];
                                    dataActions?: string[];
                                    notDataActions?: string[];
                                }[];
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "role-definition-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            roleName: string;
                            type: string;
                            description?: string;
                            assignableScopes: string[];
                            permissions: {
                                actions: string[];
                                notActions: string[];
                                dataActions?: string[];
                                notDataActions?: string[];
                            }[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "role-definition-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            roleName: string;
                            type: string;
                            description?: string;
                            assignableScopes: string[];
                            permissions: {
                                actions: string[];
                                notActions: string[];
                                dataActions?: string[];
                                notDataActions?: string[];
                            }[];
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            roleName: string;
                            type: string;
                            description?: string;
                            assignableScopes: string[];
                            permissions: {
                                actions: string[];
                                notActions: string[];
                                dataActions?: string[];
                                notDataActions?: string[];
                            }[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "role-definition-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            roleName: string;
                            type: string;
                            description?: string;
                            assignableScopes: string[];
                            permissions: {
                                actions: string[];
                                notActions: string[];
                                dataActions?: string[];
                                notDataActions?: string[];
                            }[];
                        };
                    };
                };
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "role-assignments": {
        parameters: {
            query: {
                $filter?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                roleDefinitionId: string;
                                principalId: string;
                                principalType?: string;
                                scope: string;
                                createdOn?: string;
                                updatedOn?: string;
                                createdBy?: string;
                                updatedBy?: string;
                                description?: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "role-assignment-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            roleDefinitionId: string;
                            principalId: string;
                            principalType?: string;
                            scope: string;
                            createdOn?: string;
                            updatedOn?: string;
                            createdBy?: string;
                            updatedBy?: string;
                            description?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "role-assignment-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            roleDefinitionId: string;
                            principalId: string;
                            principalType?: string;
                            scope: string;
                            createdOn?: string;
                            updatedOn?: string;
                            createdBy?: string;
                            updatedBy?: string;
                            description?: string;
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            roleDefinitionId: string;
                            principalId: string;
                            principalType?: string;
                            scope: string;
                            createdOn?: string;
                            updatedOn?: string;
                            createdBy?: string;
                            updatedBy?: string;
                            description?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "role-assignment-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            roleDefinitionId: string;
                            principalId: string;
                            principalType?: string;
                            scope: string;
                            createdOn?: string;
                            updatedOn?: string;
                            createdBy?: string;
                            updatedBy?: string;
                            description?: string;
                        };
                    };
                };
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    permissions: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            actions: string[];
                            notActions: string[];
                            dataActions?: string[];
                            notDataActions?: string[];
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "check-access": {
        parameters: {
            query: {
                principalId?: string;
                action?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        principal: {
                            id: string;
                            name: string;
                            type: string;
                            enabled: boolean;
                        };
                        action: string;
                        scope: string;
                        allow: boolean;
                        because?: {
                            assignmentId: string;
                            roleId: string;
                            roleName: string;
                            scope: string;
                            principalId: string;
                            principalName: string;
                            covers: boolean;
                            gives: boolean;
                        };
                        considered: {
                            assignmentId: string;
                            roleId: string;
                            roleName: string;
                            scope: string;
                            principalId: string;
                            principalName: string;
                            covers: boolean;
                            gives: boolean;
                        }[];
                        smallestRole?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    locks: {
        parameters: {
            query: {
                $filter?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                level: string;
                                notes?: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "lock-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            level: string;
                            notes?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "lock-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            level: string;
                            notes?: string;
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            level: string;
                            notes?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "lock-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                scope: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    registries: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type: string;
                            location: string;
                            tags: {
                                [key: string]: string;
                            };
                            sku: {
                                name: string;
                                tier: string;
                            };
                            properties: {
                                loginServer: string;
                                creationDate: string;
                                provisioningState: string;
                                status: {
                                    displayStatus: string;
                                    message: string;
                                    timestamp: string;
                                };
                                adminUserEnabled: boolean;
                                networkRuleSet?: unknown;
                                policies?: unknown;
                                encryption?: {
                                    status: string;
                                };
                                dataEndpointEnabled?: boolean;
                                dataEndpointHostNames?: string[];
                                privateEndpointConnections?: unknown[];
                                publicNetworkAccess?: string;
                                networkRuleBypassOptions?: string;
                                zoneRedundancy?: string;
                                anonymousPullEnabled?: boolean;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-registries": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type: string;
                            location: string;
                            tags: {
                                [key: string]: string;
                            };
                            sku: {
                                name: string;
                                tier: string;
                            };
                            properties: {
                                loginServer: string;
                                creationDate: string;
                                provisioningState: string;
                                status: {
                                    displayStatus: string;
                                    message: string;
                                    timestamp: string;
                                };
                                adminUserEnabled: boolean;
                                networkRuleSet?: unknown;
                                policies?: unknown;
                                encryption?: {
                                    status: string;
                                };
                                dataEndpointEnabled?: boolean;
                                dataEndpointHostNames?: string[];
                                privateEndpointConnections?: unknown[];
                                publicNetworkAccess?: string;
                                networkRuleBypassOptions?: string;
                                zoneRedundancy?: string;
                                anonymousPullEnabled?: boolean;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        location: string;
                        tags: {
                            [key: string]: string;
                        };
                        sku: {
                            name: string;
                            tier: string;
                        };
                        properties: {
                            loginServer: string;
                            creationDate: string;
                            provisioningState: string;
                            status: {
                                displayStatus: string;
                                message: string;
                                timestamp: string;
                            };
                            adminUserEnabled: boolean;
                            networkRuleSet?: unknown;
                            policies?: unknown;
                            encryption?: {
                                status: string;
                            };
                            dataEndpointEnabled?: boolean;
                            dataEndpointHostNames?: string[];
                            privateEndpointConnections?: unknown[];
                            publicNetworkAccess?: string;
                            networkRuleBypassOptions?: string;
                            zoneRedundancy?: string;
                            anonymousPullEnabled?: boolean;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        location: string;
                        tags: {
                            [key: string]: string;
                        };
                        sku: {
                            name: string;
                            tier: string;
                        };
                        properties: {
                            loginServer: string;
                            creationDate: string;
                            provisioningState: string;
                            status: {
                                displayStatus: string;
                                message: string;
                                timestamp: string;
                            };
                            adminUserEnabled: boolean;
                            networkRuleSet?: unknown;
                            policies?: unknown;
                            encryption?: {
                                status: string;
                            };
                            dataEndpointEnabled?: boolean;
                            dataEndpointHostNames?: string[];
                            privateEndpointConnections?: unknown[];
                            publicNetworkAccess?: string;
                            networkRuleBypassOptions?: string;
                            zoneRedundancy?: string;
                            anonymousPullEnabled?: boolean;
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        location: string;
                        tags: {
                            [key: string]: string;
                        };
                        sku: {
                            name: string;
                            tier: string;
                        };
                        properties: {
                            loginServer: string;
                            creationDate: string;
                            provisioningState: string;
                            status: {
                                displayStatus: string;
                                message: string;
                                timestamp: string;
                            };
                            adminUserEnabled: boolean;
                            networkRuleSet?: unknown;
                            policies?: unknown;
                            encryption?: {
                                status: string;
                            };
                            dataEndpointEnabled?: boolean;
                            dataEndpointHostNames?: string[];
                            privateEndpointConnections?: unknown[];
                            publicNetworkAccess?: string;
                            networkRuleBypassOptions?: string;
                            zoneRedundancy?: string;
                            anonymousPullEnabled?: boolean;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        location: string;
                        tags: {
                            [key: string]: string;
                        };
                        sku: {
                            name: string;
                            tier: string;
                        };
                        properties: {
                            loginServer: string;
                            creationDate: string;
                            provisioningState: string;
                            status: {
                                displayStatus: string;
                                message: string;
                                timestamp: string;
                            };
                            adminUserEnabled: boolean;
                            networkRuleSet?: unknown;
                            policies?: unknown;
                            encryption?: {
                                status: string;
                            };
                            dataEndpointEnabled?: boolean;
                            dataEndpointHostNames?: string[];
                            privateEndpointConnections?: unknown[];
                            publicNetworkAccess?: string;
                            networkRuleBypassOptions?: string;
                            zoneRedundancy?: string;
                            anonymousPullEnabled?: boolean;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-name-check": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    type: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        nameAvailable: boolean;
                        reason?: string;
                        message?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-credentials": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        username: string;
                        passwords: {
                            name: string;
                            value: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-credential-renew": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        username: string;
                        passwords: {
                            name: string;
                            value: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "scope-maps": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                actions: string[];
                                description?: string;
                                type?: string;
                                creationDate: string;
                                provisioningState: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "scope-map-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            actions: string[];
                            description?: string;
                            type?: string;
                            creationDate: string;
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "scope-map-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            actions: string[];
                            description?: string;
                            type?: string;
                            creationDate: string;
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            actions: string[];
                            description?: string;
                            type?: string;
                            creationDate: string;
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "scope-map-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "scope-map-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            actions: string[];
                            description?: string;
                            type?: string;
                            creationDate: string;
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    tokens: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                scopeMapId: string;
                                status: string;
                                creationDate: string;
                                provisioningState: string;
                                objectId: string;
                                credentials?: {
                                    certificates: unknown[];
                                    passwords?: {
                                        name: string;
                                        creationTime: string;
                                        expiry?: string;
                                    }[];
                                };
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "token-resource-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            scopeMapId: string;
                            status: string;
                            creationDate: string;
                            provisioningState: string;
                            objectId: string;
                            credentials?: {
                                certificates: unknown[];
                                passwords?: {
                                    name: string;
                                    creationTime: string;
                                    expiry?: string;
                                }[];
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "token-resource-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            scopeMapId: string;
                            status: string;
                            creationDate: string;
                            provisioningState: string;
                            objectId: string;
                            credentials?: {
                                certificates: unknown[];
                                passwords?: {
                                    name: string;
                                    creationTime: string;
                                    expiry?: string;
                                }[];
                            };
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            scopeMapId: string;
                            status: string;
                            creationDate: string;
                            provisioningState: string;
                            objectId: string;
                            credentials?: {
                                certificates: unknown[];
                                passwords?: {
                                    name: string;
                                    creationTime: string;
                                    expiry?: string;
                                }[];
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "token-resource-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "token-resource-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            scopeMapId: string;
                            status: string;
                            creationDate: string;
                            provisioningState: string;
                            objectId: string;
                            credentials?: {
                                certificates: unknown[];
                                passwords?: {
                                    name: string;
                                    creationTime: string;
                                    expiry?: string;
                                }[];
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "token-credentials": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    tokenId: string;
                    name?: string;
                    expiry?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        username: string;
                        passwords: {
                            name: string;
                            value: string;
                            creationTime: string;
                            expiry?: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "activity-log": {
        parameters: {
            query: {
                $filter?: string;
                $skipToken?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            eventDataId: string;
                            id: string;
                            eventTimestamp: string;
                            submissionTimestamp: string;
                            caller: string;
                            claims: {
                                name: string;
                            };
                            authorization: {
                                action: string;
                                scope: string;
                            };
                            category: {
                                value: string;
                                localizedValue: string;
                            };
                            channels: string;
                            eventName: {
                                value: string;
                                localizedValue: string;
                            };
                            level: string;
                            operationName: {
                                value: string;
                                localizedValue: string;
                            };
                            status: {
                                value: string;
                                localizedValue: string;
                            };
                            subStatus: {
                                value: string;
                                localizedValue: string;
                            };
                            correlationId: string;
                            operationId: string;
                            resourceId: string;
                            resourceGroupName: string;
                            resourceProviderName: {
                                value: string;
                                localizedValue: string;
                            };
                            subscriptionId: string;
                            httpRequest: {
                                clientRequestId: string;
                                clientIpAddress: string;
                            };
                            properties: {
                                repository?: string;
                                target?: string;
                                reason?: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-usages": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            name: string;
                            limit: number;
                            currentValue: number;
                            unit: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "replications-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "replications-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "replications-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "replications-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "replications-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "tasks-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "tasks-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "tasks-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "tasks-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "tasks-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "taskRuns-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "taskRuns-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "taskRuns-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "taskRuns-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "taskRuns-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "runs-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "runs-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "runs-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "runs-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "runs-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "agentPools-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "agentPools-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "agentPools-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "agentPools-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "agentPools-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "cacheRules-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "cacheRules-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "cacheRules-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "cacheRules-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "cacheRules-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "credentialSets-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "credentialSets-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "credentialSets-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "credentialSets-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "credentialSets-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "connectedRegistries-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "connectedRegistries-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "connectedRegistries-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "connectedRegistries-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "connectedRegistries-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "privateEndpointConnections-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "privateEndpointConnections-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "privateEndpointConnections-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "privateEndpointConnections-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "privateEndpointConnections-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "exportPipelines-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "exportPipelines-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "exportPipelines-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "exportPipelines-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "exportPipelines-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "importPipelines-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: unknown[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "importPipelines-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "importPipelines-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "importPipelines-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "importPipelines-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    webhooks: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                status: string;
                                scope?: string;
                                actions: string[];
                                provisioningState: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "webhook-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                            scope?: string;
                            actions: string[];
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "webhook-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                webhook: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                            scope?: string;
                            actions: string[];
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                            scope?: string;
                            actions: string[];
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "webhook-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "webhook-patch": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                webhook: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                            scope?: string;
                            actions: string[];
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "webhook-ping": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "webhook-config": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        serviceUri: string;
                        customHeaders: {
                            [key: string]: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "webhook-replay": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                webhook: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    event?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        replayed: number;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "webhook-events-page": {
        parameters: {
            query: {
                $skipToken?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            state?: string;
                            attempts?: number;
                            nextAttempt?: string;
                            eventRequestMessage?: {
                                content?: unknown;
                                headers?: {
                                    [key: string]: string;
                                };
                                method?: string;
                                requestUri?: string;
                                version?: string;
                            };
                            eventResponseMessage?: {
                                content?: unknown;
                                headers?: {
                                    [key: string]: string;
                                };
                                reasonPhrase?: string;
                                statusCode?: unknown;
                                version?: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "webhook-events": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            state?: string;
                            attempts?: number;
                            nextAttempt?: string;
                            eventRequestMessage?: {
                                content?: unknown;
                                headers?: {
                                    [key: string]: string;
                                };
                                method?: string;
                                requestUri?: string;
                                version?: string;
                            };
                            eventResponseMessage?: {
                                content?: unknown;
                                headers?: {
                                    [key: string]: string;
                                };
                                reasonPhrase?: string;
                                statusCode?: unknown;
                                version?: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-import": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "operation-result": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                operation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Accepted; it is done now or will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    quotas: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                numberOfRegistries: number;
                                capacityPerRegistryInGiB: number;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "quota-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                quota: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            numberOfRegistries: number;
                            capacityPerRegistryInGiB: number;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "quota-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                quota: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            numberOfRegistries: number;
                            capacityPerRegistryInGiB: number;
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            numberOfRegistries: number;
                            capacityPerRegistryInGiB: number;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "quota-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                quota: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "quota-subscriptions": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                quota: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                subscriptionId: string;
                                quota: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "quota-assign": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                quota: string;
                target: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            subscriptionId: string;
                            quota: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "quota-unassign": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                quota: string;
                target: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    configurations: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                maximumCapacityInGiB: number;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "configuration-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            maximumCapacityInGiB: number;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "configuration-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    properties: {
                        maximumCapacityInGiB: number;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            maximumCapacityInGiB: number;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    capacities: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                maximumCapacityInGiB: number;
                                registriesConsumptionInGiB: number;
                                allowPush: boolean;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "capacity-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            maximumCapacityInGiB: number;
                            registriesConsumptionInGiB: number;
                            allowPush: boolean;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "site-registries": {
        parameters: {
            query: {
                $skipToken?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                registryId: string;
                                name: string;
                                location: string;
                                subscriptionId: string;
                                resourceGroup: string;
                                creationDate: string;
                                registrySizeInBytes: number;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "admin-operations": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            name: string;
                            display: {
                                provider: string;
                                resource: string;
                                operation: string;
                                description: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "setup-status": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "setup-start": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    jobs: {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                kind: string;
                                state: string;
                                nextRun: string;
                                everySeconds?: number;
                                pausedSince?: string;
                                attempts: number;
                                lastError?: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "job-pause": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            kind: string;
                            state: string;
                            nextRun: string;
                            everySeconds?: number;
                            pausedSince?: string;
                            attempts: number;
                            lastError?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "job-resume": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            kind: string;
                            state: string;
                            nextRun: string;
                            everySeconds?: number;
                            pausedSince?: string;
                            attempts: number;
                            lastError?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "job-run": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            kind: string;
                            state: string;
                            nextRun: string;
                            everySeconds?: number;
                            pausedSince?: string;
                            attempts: number;
                            lastError?: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "capacity-samples": {
        parameters: {
            query: {
                from?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            time: string;
                            usedBytes: number;
                            capacityBytes?: number;
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "site-certificates": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                use: string;
                                subject: string;
                                issuer: string;
                                names: string[];
                                validFrom: string;
                                validTo: string;
                                serialNumber: string;
                                fingerprint: string;
                                daysLeft: number;
                                state: string;
                                renewsItself: boolean;
                                problem?: string;
                                chain: {
                                    subject: string;
                                    issuer: string;
                                    validTo: string;
                                    fingerprint: string;
                                }[];
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "site-health": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                location: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            name: string;
                            state: string;
                            values: {
                                [key: string]: unknown;
                            };
                            text: string;
                            next?: string;
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-quarantine-preview": {
        parameters: {
            query: {
                $skipToken?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            repository: string;
                            digest: string;
                            tags: string[];
                            quarantineState: string;
                            waitsFor?: string;
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "cleanupPolicies-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                status: string;
                                repositories: string[];
                                untagged?: {
                                    days: number;
                                };
                                tags?: {
                                    match: string[];
                                    except?: string[];
                                    keepLatest?: number;
                                    olderThanDays?: number;
                                    notPulledForDays?: number;
                                };
                                includeQuarantined?: boolean;
                                creationDate: string;
                                lastUpdatedTime: string;
                                provisioningState: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "cleanupPolicies-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                            repositories: string[];
                            untagged?: {
                                days: number;
                            };
                            tags?: {
                                match: string[];
                                except?: string[];
                                keepLatest?: number;
                                olderThanDays?: number;
                                notPulledForDays?: number;
                            };
                            includeQuarantined?: boolean;
                            creationDate: string;
                            lastUpdatedTime: string;
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "cleanupPolicies-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                            repositories: string[];
                            untagged?: {
                                days: number;
                            };
                            tags?: {
                                match: string[];
                                except?: string[];
                                keepLatest?: number;
                                olderThanDays?: number;
                                notPulledForDays?: number;
                            };
                            includeQuarantined?: boolean;
                            creationDate: string;
                            lastUpdatedTime: string;
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                            repositories: string[];
                            untagged?: {
                                days: number;
                            };
                            tags?: {
                                match: string[];
                                except?: string[];
                                keepLatest?: number;
                                olderThanDays?: number;
                                notPulledForDays?: number;
                            };
                            includeQuarantined?: boolean;
                            creationDate: string;
                            lastUpdatedTime: string;
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "cleanupPolicies-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "immutableTagPolicies-list": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type?: string;
                            location?: string;
                            tags?: {
                                [key: string]: string;
                            };
                            properties: {
                                status: string;
                                repositories: string[];
                                match: string[];
                                except?: string[];
                                allowCleanUp?: boolean;
                                creationDate: string;
                                lastUpdatedTime: string;
                                provisioningState: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "immutableTagPolicies-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                            repositories: string[];
                            match: string[];
                            except?: string[];
                            allowCleanUp?: boolean;
                            creationDate: string;
                            lastUpdatedTime: string;
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "immutableTagPolicies-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                            repositories: string[];
                            match: string[];
                            except?: string[];
                            allowCleanUp?: boolean;
                            creationDate: string;
                            lastUpdatedTime: string;
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type?: string;
                        location?: string;
                        tags?: {
                            [key: string]: string;
                        };
                        properties: {
                            status: string;
                            repositories: string[];
                            match: string[];
                            except?: string[];
                            allowCleanUp?: boolean;
                            creationDate: string;
                            lastUpdatedTime: string;
                            provisioningState: string;
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "immutableTagPolicies-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-cleanup-preview": {
        parameters: {
            query: {
                policy?: string;
                $skipToken?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            repository: string;
                            going: {
                                tags: number;
                                manifests: number;
                            };
                            staying: number;
                            more: boolean;
                            items: {
                                tag?: string;
                                digest: string;
                                decision: string;
                                policy: string;
                                reason: string;
                                text: string;
                            }[];
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registry-cleanup-preview-draft": {
        parameters: {
            query: {
                $skipToken?: string;
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                registry: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            repository: string;
                            going: {
                                tags: number;
                                manifests: number;
                            };
                            staying: number;
                            more: boolean;
                            items: {
                                tag?: string;
                                digest: string;
                                decision: string;
                                policy: string;
                                reason: string;
                                text: string;
                            }[];
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployments": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type: string;
                            properties: {
                                provisioningState: string;
                                mode: string;
                                correlationId: string;
                                timestamp: string;
                                duration: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        properties: {
                            provisioningState: string;
                            mode: string;
                            correlationId: string;
                            timestamp: string;
                            duration: string;
                            parameters: {
                                [key: string]: unknown;
                            };
                            outputs?: {
                                [key: string]: unknown;
                            };
                            outputResources: {
                                id: string;
                            }[];
                            dependencies: {
                                id: string;
                                dependsOn: {
                                    id: string;
                                }[];
                            }[];
                            providers: {
                                namespace: string;
                                resourceTypes: {
                                    resourceType: string;
                                    locations: string[];
                                }[];
                            }[];
                            error?: {
                                code: string;
                                message: string;
                                details?: unknown[];
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    properties: {
                        mode: string;
                        template?: unknown;
                        parameters?: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        properties: {
                            provisioningState: string;
                            mode: string;
                            correlationId: string;
                            timestamp: string;
                            duration: string;
                            parameters: {
                                [key: string]: unknown;
                            };
                            outputs?: {
                                [key: string]: unknown;
                            };
                            outputResources: {
                                id: string;
                            }[];
                            dependencies: {
                                id: string;
                                dependsOn: {
                                    id: string;
                                }[];
                            }[];
                            providers: {
                                namespace: string;
                                resourceTypes: {
                                    resourceType: string;
                                    locations: string[];
                                }[];
                            }[];
                            error?: {
                                code: string;
                                message: string;
                                details?: unknown[];
                            };
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        properties: {
                            provisioningState: string;
                            mode: string;
                            correlationId: string;
                            timestamp: string;
                            duration: string;
                            parameters: {
                                [key: string]: unknown;
                            };
                            outputs?: {
                                [key: string]: unknown;
                            };
                            outputResources: {
                                id: string;
                            }[];
                            dependencies: {
                                id: string;
                                dependsOn: {
                                    id: string;
                                }[];
                            }[];
                            providers: {
                                namespace: string;
                                resourceTypes: {
                                    resourceType: string;
                                    locations: string[];
                                }[];
                            }[];
                            error?: {
                                code: string;
                                message: string;
                                details?: unknown[];
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-exists-head": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-validate": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    properties: {
                        mode: string;
                        template?: unknown;
                        parameters?: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        properties: {
                            provisioningState: string;
                            mode: string;
                            correlationId: string;
                            timestamp: string;
                            duration: string;
                            parameters: {
                                [key: string]: unknown;
                            };
                            validatedResources: {
                                id: string;
                            }[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-what-if": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    properties: {
                        mode: string;
                        template?: unknown;
                        parameters?: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                        properties: {
                            changes: {
                                resourceId: string;
                                changeType: string;
                                before?: unknown;
                                after?: unknown;
                                delta?: unknown[];
                            }[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-cancel": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-export": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        template: unknown;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-status": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
                status: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                        error?: {
                            code: string;
                            message: string;
                            details?: unknown[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-operations": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            operationId: string;
                            properties: {
                                provisioningOperation: string;
                                provisioningState: string;
                                timestamp: string;
                                duration: string;
                                trackingId: string;
                                statusCode: string;
                                statusMessage?: {
                                    status: string;
                                    error: {
                                        code: string;
                                        message: string;
                                        details?: unknown[];
                                    };
                                };
                                targetResource: {
                                    id: string;
                                    resourceType: string;
                                    resourceName: string;
                                };
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-operation": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
                operation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        operationId: string;
                        properties: {
                            provisioningOperation: string;
                            provisioningState: string;
                            timestamp: string;
                            duration: string;
                            trackingId: string;
                            statusCode: string;
                            statusMessage?: {
                                status: string;
                                error: {
                                    code: string;
                                    message: string;
                                    details?: unknown[];
                                };
                            };
                            targetResource: {
                                id: string;
                                resourceType: string;
                                resourceName: string;
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployments": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            name: string;
                            type: string;
                            properties: {
                                provisioningState: string;
                                mode: string;
                                correlationId: string;
                                timestamp: string;
                                duration: string;
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-get": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        properties: {
                            provisioningState: string;
                            mode: string;
                            correlationId: string;
                            timestamp: string;
                            duration: string;
                            parameters: {
                                [key: string]: unknown;
                            };
                            outputs?: {
                                [key: string]: unknown;
                            };
                            outputResources: {
                                id: string;
                            }[];
                            dependencies: {
                                id: string;
                                dependsOn: {
                                    id: string;
                                }[];
                            }[];
                            providers: {
                                namespace: string;
                                resourceTypes: {
                                    resourceType: string;
                                    locations: string[];
                                }[];
                            }[];
                            error?: {
                                code: string;
                                message: string;
                                details?: unknown[];
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-put": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    properties: {
                        mode: string;
                        template?: unknown;
                        parameters?: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        properties: {
                            provisioningState: string;
                            mode: string;
                            correlationId: string;
                            timestamp: string;
                            duration: string;
                            parameters: {
                                [key: string]: unknown;
                            };
                            outputs?: {
                                [key: string]: unknown;
                            };
                            outputResources: {
                                id: string;
                            }[];
                            dependencies: {
                                id: string;
                                dependsOn: {
                                    id: string;
                                }[];
                            }[];
                            providers: {
                                namespace: string;
                                resourceTypes: {
                                    resourceType: string;
                                    locations: string[];
                                }[];
                            }[];
                            error?: {
                                code: string;
                                message: string;
                                details?: unknown[];
                            };
                        };
                    };
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        properties: {
                            provisioningState: string;
                            mode: string;
                            correlationId: string;
                            timestamp: string;
                            duration: string;
                            parameters: {
                                [key: string]: unknown;
                            };
                            outputs?: {
                                [key: string]: unknown;
                            };
                            outputResources: {
                                id: string;
                            }[];
                            dependencies: {
                                id: string;
                                dependsOn: {
                                    id: string;
                                }[];
                            }[];
                            providers: {
                                namespace: string;
                                resourceTypes: {
                                    resourceType: string;
                                    locations: string[];
                                }[];
                            }[];
                            error?: {
                                code: string;
                                message: string;
                                details?: unknown[];
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-delete": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-exists-head": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-validate": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    properties: {
                        mode: string;
                        template?: unknown;
                        parameters?: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        type: string;
                        properties: {
                            provisioningState: string;
                            mode: string;
                            correlationId: string;
                            timestamp: string;
                            duration: string;
                            parameters: {
                                [key: string]: unknown;
                            };
                            validatedResources: {
                                id: string;
                            }[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-what-if": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    properties: {
                        mode: string;
                        template?: unknown;
                        parameters?: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                        properties: {
                            changes: {
                                resourceId: string;
                                changeType: string;
                                before?: unknown;
                                after?: unknown;
                                delta?: unknown[];
                            }[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-cancel": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-export": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        template: unknown;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-status": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
                status: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                        error?: {
                            code: string;
                            message: string;
                            details?: unknown[];
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-operations": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            operationId: string;
                            properties: {
                                provisioningOperation: string;
                                provisioningState: string;
                                timestamp: string;
                                duration: string;
                                trackingId: string;
                                statusCode: string;
                                statusMessage?: {
                                    status: string;
                                    error: {
                                        code: string;
                                        message: string;
                                        details?: unknown[];
                                    };
                                };
                                targetResource: {
                                    id: string;
                                    resourceType: string;
                                    resourceName: string;
                                };
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "subscription-deployment-operation": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                deployment: string;
                operation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        operationId: string;
                        properties: {
                            provisioningOperation: string;
                            provisioningState: string;
                            timestamp: string;
                            duration: string;
                            trackingId: string;
                            statusCode: string;
                            statusMessage?: {
                                status: string;
                                error: {
                                    code: string;
                                    message: string;
                                    details?: unknown[];
                                };
                            };
                            targetResource: {
                                id: string;
                                resourceType: string;
                                resourceName: string;
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-plain-operations": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            id: string;
                            operationId: string;
                            properties: {
                                provisioningOperation: string;
                                provisioningState: string;
                                timestamp: string;
                                duration: string;
                                trackingId: string;
                                statusCode: string;
                                statusMessage?: {
                                    status: string;
                                    error: {
                                        code: string;
                                        message: string;
                                        details?: unknown[];
                                    };
                                };
                                targetResource: {
                                    id: string;
                                    resourceType: string;
                                    resourceName: string;
                                };
                            };
                        }[];
                        nextLink?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "group-deployment-plain-operation": {
        parameters: {
            query: {
                "api-version": string;
            };
            header?: never;
            path: {
                subscription: string;
                group: string;
                deployment: string;
                operation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        operationId: string;
                        properties: {
                            provisioningOperation: string;
                            provisioningState: string;
                            timestamp: string;
                            duration: string;
                            trackingId: string;
                            statusCode: string;
                            statusMessage?: {
                                status: string;
                                error: {
                                    code: string;
                                    message: string;
                                    details?: unknown[];
                                };
                            };
                            targetResource: {
                                id: string;
                                resourceType: string;
                                resourceName: string;
                            };
                        };
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-discovery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        issuer: string;
                        authorization_endpoint: string;
                        token_endpoint: string;
                        device_authorization_endpoint: string;
                        jwks_uri: string;
                        end_session_endpoint: string;
                        response_types_supported: string[];
                        response_modes_supported: string[];
                        grant_types_supported: string[];
                        subject_types_supported: string[];
                        id_token_signing_alg_values_supported: string[];
                        token_endpoint_auth_methods_supported: string[];
                        token_endpoint_auth_signing_alg_values_supported: string[];
                        code_challenge_methods_supported: string[];
                        scopes_supported: string[];
                        claims_supported: string[];
                        request_parameter_supported: boolean;
                        request_uri_parameter_supported: boolean;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-tenant-discovery": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        issuer: string;
                        authorization_endpoint: string;
                        token_endpoint: string;
                        device_authorization_endpoint: string;
                        jwks_uri: string;
                        end_session_endpoint: string;
                        response_types_supported: string[];
                        response_modes_supported: string[];
                        grant_types_supported: string[];
                        subject_types_supported: string[];
                        id_token_signing_alg_values_supported: string[];
                        token_endpoint_auth_methods_supported: string[];
                        token_endpoint_auth_signing_alg_values_supported: string[];
                        code_challenge_methods_supported: string[];
                        scopes_supported: string[];
                        claims_supported: string[];
                        request_parameter_supported: boolean;
                        request_uri_parameter_supported: boolean;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            kid: string;
                            kty: string;
                            use: string;
                            alg: string;
                            crv: string;
                            x: string;
                            y: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-discovery-v1": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        issuer: string;
                        authorization_endpoint: string;
                        token_endpoint: string;
                        device_authorization_endpoint: string;
                        jwks_uri: string;
                        end_session_endpoint: string;
                        response_types_supported: string[];
                        response_modes_supported: string[];
                        grant_types_supported: string[];
                        subject_types_supported: string[];
                        id_token_signing_alg_values_supported: string[];
                        token_endpoint_auth_methods_supported: string[];
                        token_endpoint_auth_signing_alg_values_supported: string[];
                        code_challenge_methods_supported: string[];
                        scopes_supported: string[];
                        claims_supported: string[];
                        request_parameter_supported: boolean;
                        request_uri_parameter_supported: boolean;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-discovery": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        issuer: string;
                        authorization_endpoint: string;
                        token_endpoint: string;
                        device_authorization_endpoint: string;
                        jwks_uri: string;
                        end_session_endpoint: string;
                        response_types_supported: string[];
                        response_modes_supported: string[];
                        grant_types_supported: string[];
                        subject_types_supported: string[];
                        id_token_signing_alg_values_supported: string[];
                        token_endpoint_auth_methods_supported: string[];
                        token_endpoint_auth_signing_alg_values_supported: string[];
                        code_challenge_methods_supported: string[];
                        scopes_supported: string[];
                        claims_supported: string[];
                        request_parameter_supported: boolean;
                        request_uri_parameter_supported: boolean;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-keys": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            kid: string;
                            kty: string;
                            use: string;
                            alg: string;
                            crv: string;
                            x: string;
                            y: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-keys-v1": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            kid: string;
                            kty: string;
                            use: string;
                            alg: string;
                            crv: string;
                            x: string;
                            y: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-instance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_discovery_endpoint: string;
                        "api-version": string;
                        metadata: {
                            preferred_network: string;
                            preferred_cache: string;
                            aliases: string[];
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-user-realm": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upn: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ver: string;
                        account_type: string;
                        domain_name: string;
                        cloud_instance_name: string;
                        cloud_audience_urn: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        token_type: string;
                        scope?: string;
                        resource?: string;
                        expires_in: unknown;
                        ext_expires_in: number;
                        expires_on?: string;
                        not_before?: string;
                        access_token: string;
                        refresh_token?: string;
                        id_token?: string;
                        client_info?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-device-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user_code: string;
                        device_code: string;
                        verification_uri: string;
                        verification_url: string;
                        expires_in: number;
                        interval: number;
                        message: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-token": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        token_type: string;
                        scope?: string;
                        resource?: string;
                        expires_in: unknown;
                        ext_expires_in: number;
                        expires_on?: string;
                        not_before?: string;
                        access_token: string;
                        refresh_token?: string;
                        id_token?: string;
                        client_info?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-token-v1": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        token_type: string;
                        scope?: string;
                        resource?: string;
                        expires_in: unknown;
                        ext_expires_in: number;
                        expires_on?: string;
                        not_before?: string;
                        access_token: string;
                        refresh_token?: string;
                        id_token?: string;
                        client_info?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-device-code": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user_code: string;
                        device_code: string;
                        verification_uri: string;
                        verification_url: string;
                        expires_in: number;
                        interval: number;
                        message: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-device-code-v1": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user_code: string;
                        device_code: string;
                        verification_uri: string;
                        verification_url: string;
                        expires_in: number;
                        interval: number;
                        message: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-authorize": {
        parameters: {
            query?: {
                client_id?: string;
                redirect_uri?: string;
                response_type?: string;
                response_mode?: string;
                scope?: string;
                resource?: string;
                state?: string;
                nonce?: string;
                code_challenge?: string;
                code_challenge_method?: string;
                login_hint?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Done; go on at `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-authorize-answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Done; go on at `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-authorize": {
        parameters: {
            query?: {
                client_id?: string;
                redirect_uri?: string;
                response_type?: string;
                response_mode?: string;
                scope?: string;
                resource?: string;
                state?: string;
                nonce?: string;
                code_challenge?: string;
                code_challenge_method?: string;
                login_hint?: string;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Done; go on at `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-authorize-answer": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Done; go on at `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-authorize-v1": {
        parameters: {
            query?: {
                client_id?: string;
                redirect_uri?: string;
                response_type?: string;
                response_mode?: string;
                scope?: string;
                resource?: string;
                state?: string;
                nonce?: string;
                code_challenge?: string;
                code_challenge_method?: string;
                login_hint?: string;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Done; go on at `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-authorize-v1-answer": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Done; go on at `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-device-page": {
        parameters: {
            query?: {
                user_code?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-device-answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-device-page": {
        parameters: {
            query?: {
                user_code?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-device-answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-logout": {
        parameters: {
            query?: {
                post_logout_redirect_uri?: string;
                client_id?: string;
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Done; go on at `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-logout": {
        parameters: {
            query?: {
                post_logout_redirect_uri?: string;
                client_id?: string;
                state?: string;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Done; go on at `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-logout-v1": {
        parameters: {
            query?: {
                post_logout_redirect_uri?: string;
                client_id?: string;
                state?: string;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Done; go on at `Location`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "adfs-revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "entra-revoke": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        userPrincipalName: string;
                        displayName: string;
                        accountEnabled: boolean;
                        createdDateTime: string;
                        lastPasswordChangeDateTime: string;
                        businessPhones: string[];
                        givenName: string | null;
                        jobTitle: string | null;
                        mail: string | null;
                        mobilePhone: string | null;
                        officeLocation: string | null;
                        preferredLanguage: string | null;
                        surname: string | null;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-change-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currentPassword: string;
                    newPassword: string;
                };
            };
        };
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-users": {
        parameters: {
            query?: {
                $filter?: string;
                $top?: number;
                $search?: string;
                $skiptoken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            "@odata.type": string;
                            id: string;
                            userPrincipalName: string;
                            displayName: string;
                            accountEnabled: boolean;
                            createdDateTime: string;
                            lastPasswordChangeDateTime: string;
                            businessPhones: string[];
                            givenName: string | null;
                            jobTitle: string | null;
                            mail: string | null;
                            mobilePhone: string | null;
                            officeLocation: string | null;
                            preferredLanguage: string | null;
                            surname: string | null;
                        }[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-user-create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        userPrincipalName: string;
                        displayName: string;
                        accountEnabled: boolean;
                        createdDateTime: string;
                        lastPasswordChangeDateTime: string;
                        businessPhones: string[];
                        givenName: string | null;
                        jobTitle: string | null;
                        mail: string | null;
                        mobilePhone: string | null;
                        officeLocation: string | null;
                        preferredLanguage: string | null;
                        surname: string | null;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-user": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        userPrincipalName: string;
                        displayName: string;
                        accountEnabled: boolean;
                        createdDateTime: string;
                        lastPasswordChangeDateTime: string;
                        businessPhones: string[];
                        givenName: string | null;
                        jobTitle: string | null;
                        mail: string | null;
                        mobilePhone: string | null;
                        officeLocation: string | null;
                        preferredLanguage: string | null;
                        surname: string | null;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-user-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-user-update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-groups": {
        parameters: {
            query?: {
                $filter?: string;
                $top?: number;
                $search?: string;
                $skiptoken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            "@odata.type": string;
                            id: string;
                            displayName: string;
                            description: string | null;
                            mailNickname: string;
                            mailEnabled: boolean;
                            securityEnabled: boolean;
                            groupTypes: string[];
                            mail: string | null;
                            createdDateTime: string;
                        }[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-group-create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        displayName: string;
                        description: string | null;
                        mailNickname: string;
                        mailEnabled: boolean;
                        securityEnabled: boolean;
                        groupTypes: string[];
                        mail: string | null;
                        createdDateTime: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-group": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        displayName: string;
                        description: string | null;
                        mailNickname: string;
                        mailEnabled: boolean;
                        securityEnabled: boolean;
                        groupTypes: string[];
                        mail: string | null;
                        createdDateTime: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-group-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-group-update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-group-members": {
        parameters: {
            query?: {
                $filter?: string;
                $top?: number;
                $search?: string;
                $skiptoken?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: ({
                            "@odata.type": string;
                            id: string;
                            userPrincipalName: string;
                            displayName: string;
                            accountEnabled: boolean;
                            createdDateTime: string;
                            lastPasswordChangeDateTime: string;
                            businessPhones: string[];
                            givenName: string | null;
                            jobTitle: string | null;
                            mail: string | null;
                            mobilePhone: string | null;
                            officeLocation: string | null;
                            preferredLanguage: string | null;
                            surname: string | null;
                        } | {
                            "@odata.type": string;
                            id: string;
                            displayName: string;
                            description: string | null;
                            mailNickname: string;
                            mailEnabled: boolean;
                            securityEnabled: boolean;
                            groupTypes: string[];
                            mail: string | null;
                            createdDateTime: string;
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            appDisplayName: string;
                            accountEnabled: boolean;
                            appOwnerOrganizationId: string;
                            createdDateTime: string;
                            servicePrincipalType: string;
                            servicePrincipalNames: string[];
                            signInAudience: string;
                            alternativeNames: string[];
                            appRoles: unknown[];
                            replyUrls: string[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            createdDateTime: string;
                            publisherDomain: string;
                            signInAudience: string;
                            isFallbackPublicClient: boolean;
                            identifierUris: string[];
                            web: {
                                homePageUrl: string | null;
                                redirectUris: string[];
                            };
                            spa: {
                                redirectUris: string[];
                            };
                            publicClient: {
                                redirectUris: string[];
                            };
                            requiredResourceAccess: unknown[];
                            appRoles: unknown[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        })[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-group-member-add": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    "@odata.id": string;
                };
            };
        };
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-group-member-remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                member: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-group-owners": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: ({
                            "@odata.type": string;
                            id: string;
                            userPrincipalName: string;
                            displayName: string;
                            accountEnabled: boolean;
                            createdDateTime: string;
                            lastPasswordChangeDateTime: string;
                            businessPhones: string[];
                            givenName: string | null;
                            jobTitle: string | null;
                            mail: string | null;
                            mobilePhone: string | null;
                            officeLocation: string | null;
                            preferredLanguage: string | null;
                            surname: string | null;
                        } | {
                            "@odata.type": string;
                            id: string;
                            displayName: string;
                            description: string | null;
                            mailNickname: string;
                            mailEnabled: boolean;
                            securityEnabled: boolean;
                            groupTypes: string[];
                            mail: string | null;
                            createdDateTime: string;
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            appDisplayName: string;
                            accountEnabled: boolean;
                            appOwnerOrganizationId: string;
                            createdDateTime: string;
                            servicePrincipalType: string;
                            servicePrincipalNames: string[];
                            signInAudience: string;
                            alternativeNames: string[];
                            appRoles: unknown[];
                            replyUrls: string[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            createdDateTime: string;
                            publisherDomain: string;
                            signInAudience: string;
                            isFallbackPublicClient: boolean;
                            identifierUris: string[];
                            web: {
                                homePageUrl: string | null;
                                redirectUris: string[];
                            };
                            spa: {
                                redirectUris: string[];
                            };
                            publicClient: {
                                redirectUris: string[];
                            };
                            requiredResourceAccess: unknown[];
                            appRoles: unknown[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        })[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-objects-by-ids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ids: string[];
                    types?: string[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: ({
                            "@odata.type": string;
                            id: string;
                            userPrincipalName: string;
                            displayName: string;
                            accountEnabled: boolean;
                            createdDateTime: string;
                            lastPasswordChangeDateTime: string;
                            businessPhones: string[];
                            givenName: string | null;
                            jobTitle: string | null;
                            mail: string | null;
                            mobilePhone: string | null;
                            officeLocation: string | null;
                            preferredLanguage: string | null;
                            surname: string | null;
                        } | {
                            "@odata.type": string;
                            id: string;
                            displayName: string;
                            description: string | null;
                            mailNickname: string;
                            mailEnabled: boolean;
                            securityEnabled: boolean;
                            groupTypes: string[];
                            mail: string | null;
                            createdDateTime: string;
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            appDisplayName: string;
                            accountEnabled: boolean;
                            appOwnerOrganizationId: string;
                            createdDateTime: string;
                            servicePrincipalType: string;
                            servicePrincipalNames: string[];
                            signInAudience: string;
                            alternativeNames: string[];
                            appRoles: unknown[];
                            replyUrls: string[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            createdDateTime: string;
                            publisherDomain: string;
                            signInAudience: string;
                            isFallbackPublicClient: boolean;
                            identifierUris: string[];
                            web: {
                                homePageUrl: string | null;
                                redirectUris: string[];
                            };
                            spa: {
                                redirectUris: string[];
                            };
                            publicClient: {
                                redirectUris: string[];
                            };
                            requiredResourceAccess: unknown[];
                            appRoles: unknown[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        })[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-object": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        userPrincipalName: string;
                        displayName: string;
                        accountEnabled: boolean;
                        createdDateTime: string;
                        lastPasswordChangeDateTime: string;
                        businessPhones: string[];
                        givenName: string | null;
                        jobTitle: string | null;
                        mail: string | null;
                        mobilePhone: string | null;
                        officeLocation: string | null;
                        preferredLanguage: string | null;
                        surname: string | null;
                    } | {
                        "@odata.type": string;
                        id: string;
                        displayName: string;
                        description: string | null;
                        mailNickname: string;
                        mailEnabled: boolean;
                        securityEnabled: boolean;
                        groupTypes: string[];
                        mail: string | null;
                        createdDateTime: string;
                    } | {
                        "@odata.type": string;
                        id: string;
                        appId: string;
                        displayName: string;
                        appDisplayName: string;
                        accountEnabled: boolean;
                        appOwnerOrganizationId: string;
                        createdDateTime: string;
                        servicePrincipalType: string;
                        servicePrincipalNames: string[];
                        signInAudience: string;
                        alternativeNames: string[];
                        appRoles: unknown[];
                        replyUrls: string[];
                        tags: string[];
                        passwordCredentials: {
                            customKeyIdentifier: string | null;
                            displayName: string | null;
                            endDateTime: string;
                            hint: string | null;
                            keyId: string;
                            secretText: string | null;
                            startDateTime: string;
                        }[];
                        keyCredentials: {
                            customKeyIdentifier: string;
                            displayName: string | null;
                            endDateTime: string;
                            key: null;
                            keyId: string;
                            startDateTime: string;
                            type: string;
                            usage: string;
                        }[];
                    } | {
                        "@odata.type": string;
                        id: string;
                        appId: string;
                        displayName: string;
                        createdDateTime: string;
                        publisherDomain: string;
                        signInAudience: string;
                        isFallbackPublicClient: boolean;
                        identifierUris: string[];
                        web: {
                            homePageUrl: string | null;
                            redirectUris: string[];
                        };
                        spa: {
                            redirectUris: string[];
                        };
                        publicClient: {
                            redirectUris: string[];
                        };
                        requiredResourceAccess: unknown[];
                        appRoles: unknown[];
                        tags: string[];
                        passwordCredentials: {
                            customKeyIdentifier: string | null;
                            displayName: string | null;
                            endDateTime: string;
                            hint: string | null;
                            keyId: string;
                            secretText: string | null;
                            startDateTime: string;
                        }[];
                        keyCredentials: {
                            customKeyIdentifier: string;
                            displayName: string | null;
                            endDateTime: string;
                            key: null;
                            keyId: string;
                            startDateTime: string;
                            type: string;
                            usage: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-check-member-groups": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    groupIds: string[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: string[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-object-groups": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    securityEnabledOnly?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: string[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-user-groups": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    securityEnabledOnly?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: string[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-group-groups": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    securityEnabledOnly?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: string[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-principal-groups": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    securityEnabledOnly?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: string[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-my-member-of": {
        parameters: {
            query?: {
                $filter?: string;
                $top?: number;
                $search?: string;
                $skiptoken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            "@odata.type": string;
                            id: string;
                            displayName: string;
                            description: string | null;
                            mailNickname: string;
                            mailEnabled: boolean;
                            securityEnabled: boolean;
                            groupTypes: string[];
                            mail: string | null;
                            createdDateTime: string;
                        }[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-user-member-of": {
        parameters: {
            query?: {
                $filter?: string;
                $top?: number;
                $search?: string;
                $skiptoken?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            "@odata.type": string;
                            id: string;
                            displayName: string;
                            description: string | null;
                            mailNickname: string;
                            mailEnabled: boolean;
                            securityEnabled: boolean;
                            groupTypes: string[];
                            mail: string | null;
                            createdDateTime: string;
                        }[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-my-objects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: ({
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            createdDateTime: string;
                            publisherDomain: string;
                            signInAudience: string;
                            isFallbackPublicClient: boolean;
                            identifierUris: string[];
                            web: {
                                homePageUrl: string | null;
                                redirectUris: string[];
                            };
                            spa: {
                                redirectUris: string[];
                            };
                            publicClient: {
                                redirectUris: string[];
                            };
                            requiredResourceAccess: unknown[];
                            appRoles: unknown[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            appDisplayName: string;
                            accountEnabled: boolean;
                            appOwnerOrganizationId: string;
                            createdDateTime: string;
                            servicePrincipalType: string;
                            servicePrincipalNames: string[];
                            signInAudience: string;
                            alternativeNames: string[];
                            appRoles: unknown[];
                            replyUrls: string[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        })[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-applications": {
        parameters: {
            query?: {
                $filter?: string;
                $top?: number;
                $search?: string;
                $skiptoken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            createdDateTime: string;
                            publisherDomain: string;
                            signInAudience: string;
                            isFallbackPublicClient: boolean;
                            identifierUris: string[];
                            web: {
                                homePageUrl: string | null;
                                redirectUris: string[];
                            };
                            spa: {
                                redirectUris: string[];
                            };
                            publicClient: {
                                redirectUris: string[];
                            };
                            requiredResourceAccess: unknown[];
                            appRoles: unknown[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        }[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-application-create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        appId: string;
                        displayName: string;
                        createdDateTime: string;
                        publisherDomain: string;
                        signInAudience: string;
                        isFallbackPublicClient: boolean;
                        identifierUris: string[];
                        web: {
                            homePageUrl: string | null;
                            redirectUris: string[];
                        };
                        spa: {
                            redirectUris: string[];
                        };
                        publicClient: {
                            redirectUris: string[];
                        };
                        requiredResourceAccess: unknown[];
                        appRoles: unknown[];
                        tags: string[];
                        passwordCredentials: {
                            customKeyIdentifier: string | null;
                            displayName: string | null;
                            endDateTime: string;
                            hint: string | null;
                            keyId: string;
                            secretText: string | null;
                            startDateTime: string;
                        }[];
                        keyCredentials: {
                            customKeyIdentifier: string;
                            displayName: string | null;
                            endDateTime: string;
                            key: null;
                            keyId: string;
                            startDateTime: string;
                            type: string;
                            usage: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-application": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        appId: string;
                        displayName: string;
                        createdDateTime: string;
                        publisherDomain: string;
                        signInAudience: string;
                        isFallbackPublicClient: boolean;
                        identifierUris: string[];
                        web: {
                            homePageUrl: string | null;
                            redirectUris: string[];
                        };
                        spa: {
                            redirectUris: string[];
                        };
                        publicClient: {
                            redirectUris: string[];
                        };
                        requiredResourceAccess: unknown[];
                        appRoles: unknown[];
                        tags: string[];
                        passwordCredentials: {
                            customKeyIdentifier: string | null;
                            displayName: string | null;
                            endDateTime: string;
                            hint: string | null;
                            keyId: string;
                            secretText: string | null;
                            startDateTime: string;
                        }[];
                        keyCredentials: {
                            customKeyIdentifier: string;
                            displayName: string | null;
                            endDateTime: string;
                            key: null;
                            keyId: string;
                            startDateTime: string;
                            type: string;
                            usage: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-application-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-application-update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        appId: string;
                        displayName: string;
                        createdDateTime: string;
                        publisherDomain: string;
                        signInAudience: string;
                        isFallbackPublicClient: boolean;
                        identifierUris: string[];
                        web: {
                            homePageUrl: string | null;
                            redirectUris: string[];
                        };
                        spa: {
                            redirectUris: string[];
                        };
                        publicClient: {
                            redirectUris: string[];
                        };
                        requiredResourceAccess: unknown[];
                        appRoles: unknown[];
                        tags: string[];
                        passwordCredentials: {
                            customKeyIdentifier: string | null;
                            displayName: string | null;
                            endDateTime: string;
                            hint: string | null;
                            keyId: string;
                            secretText: string | null;
                            startDateTime: string;
                        }[];
                        keyCredentials: {
                            customKeyIdentifier: string;
                            displayName: string | null;
                            endDateTime: string;
                            key: null;
                            keyId: string;
                            startDateTime: string;
                            type: string;
                            usage: string;
                        }[];
                    };
                };
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-application-add-password": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    passwordCredential?: unknown;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        customKeyIdentifier: string | null;
                        displayName: string | null;
                        endDateTime: string;
                        hint: string | null;
                        keyId: string;
                        secretText: string | null;
                        startDateTime: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-application-remove-password": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    keyId: string;
                };
            };
        };
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-application-owners": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: ({
                            "@odata.type": string;
                            id: string;
                            userPrincipalName: string;
                            displayName: string;
                            accountEnabled: boolean;
                            createdDateTime: string;
                            lastPasswordChangeDateTime: string;
                            businessPhones: string[];
                            givenName: string | null;
                            jobTitle: string | null;
                            mail: string | null;
                            mobilePhone: string | null;
                            officeLocation: string | null;
                            preferredLanguage: string | null;
                            surname: string | null;
                        } | {
                            "@odata.type": string;
                            id: string;
                            displayName: string;
                            description: string | null;
                            mailNickname: string;
                            mailEnabled: boolean;
                            securityEnabled: boolean;
                            groupTypes: string[];
                            mail: string | null;
                            createdDateTime: string;
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            appDisplayName: string;
                            accountEnabled: boolean;
                            appOwnerOrganizationId: string;
                            createdDateTime: string;
                            servicePrincipalType: string;
                            servicePrincipalNames: string[];
                            signInAudience: string;
                            alternativeNames: string[];
                            appRoles: unknown[];
                            replyUrls: string[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            createdDateTime: string;
                            publisherDomain: string;
                            signInAudience: string;
                            isFallbackPublicClient: boolean;
                            identifierUris: string[];
                            web: {
                                homePageUrl: string | null;
                                redirectUris: string[];
                            };
                            spa: {
                                redirectUris: string[];
                            };
                            publicClient: {
                                redirectUris: string[];
                            };
                            requiredResourceAccess: unknown[];
                            appRoles: unknown[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        })[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-principals": {
        parameters: {
            query?: {
                $filter?: string;
                $top?: number;
                $search?: string;
                $skiptoken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            appDisplayName: string;
                            accountEnabled: boolean;
                            appOwnerOrganizationId: string;
                            createdDateTime: string;
                            servicePrincipalType: string;
                            servicePrincipalNames: string[];
                            signInAudience: string;
                            alternativeNames: string[];
                            appRoles: unknown[];
                            replyUrls: string[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        }[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-principal-create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        appId: string;
                        displayName: string;
                        appDisplayName: string;
                        accountEnabled: boolean;
                        appOwnerOrganizationId: string;
                        createdDateTime: string;
                        servicePrincipalType: string;
                        servicePrincipalNames: string[];
                        signInAudience: string;
                        alternativeNames: string[];
                        appRoles: unknown[];
                        replyUrls: string[];
                        tags: string[];
                        passwordCredentials: {
                            customKeyIdentifier: string | null;
                            displayName: string | null;
                            endDateTime: string;
                            hint: string | null;
                            keyId: string;
                            secretText: string | null;
                            startDateTime: string;
                        }[];
                        keyCredentials: {
                            customKeyIdentifier: string;
                            displayName: string | null;
                            endDateTime: string;
                            key: null;
                            keyId: string;
                            startDateTime: string;
                            type: string;
                            usage: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-principal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        appId: string;
                        displayName: string;
                        appDisplayName: string;
                        accountEnabled: boolean;
                        appOwnerOrganizationId: string;
                        createdDateTime: string;
                        servicePrincipalType: string;
                        servicePrincipalNames: string[];
                        signInAudience: string;
                        alternativeNames: string[];
                        appRoles: unknown[];
                        replyUrls: string[];
                        tags: string[];
                        passwordCredentials: {
                            customKeyIdentifier: string | null;
                            displayName: string | null;
                            endDateTime: string;
                            hint: string | null;
                            keyId: string;
                            secretText: string | null;
                            startDateTime: string;
                        }[];
                        keyCredentials: {
                            customKeyIdentifier: string;
                            displayName: string | null;
                            endDateTime: string;
                            key: null;
                            keyId: string;
                            startDateTime: string;
                            type: string;
                            usage: string;
                        }[];
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-principal-delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-principal-update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "@odata.type": string;
                        id: string;
                        appId: string;
                        displayName: string;
                        appDisplayName: string;
                        accountEnabled: boolean;
                        appOwnerOrganizationId: string;
                        createdDateTime: string;
                        servicePrincipalType: string;
                        servicePrincipalNames: string[];
                        signInAudience: string;
                        alternativeNames: string[];
                        appRoles: unknown[];
                        replyUrls: string[];
                        tags: string[];
                        passwordCredentials: {
                            customKeyIdentifier: string | null;
                            displayName: string | null;
                            endDateTime: string;
                            hint: string | null;
                            keyId: string;
                            secretText: string | null;
                            startDateTime: string;
                        }[];
                        keyCredentials: {
                            customKeyIdentifier: string;
                            displayName: string | null;
                            endDateTime: string;
                            key: null;
                            keyId: string;
                            startDateTime: string;
                            type: string;
                            usage: string;
                        }[];
                    };
                };
            };
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-principal-add-password": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    passwordCredential?: unknown;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        customKeyIdentifier: string | null;
                        displayName: string | null;
                        endDateTime: string;
                        hint: string | null;
                        keyId: string;
                        secretText: string | null;
                        startDateTime: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-principal-remove-password": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    keyId: string;
                };
            };
        };
        responses: {
            /** @description Done; there is nothing to show, or there was nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "graph-principal-owners": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        value: ({
                            "@odata.type": string;
                            id: string;
                            userPrincipalName: string;
                            displayName: string;
                            accountEnabled: boolean;
                            createdDateTime: string;
                            lastPasswordChangeDateTime: string;
                            businessPhones: string[];
                            givenName: string | null;
                            jobTitle: string | null;
                            mail: string | null;
                            mobilePhone: string | null;
                            officeLocation: string | null;
                            preferredLanguage: string | null;
                            surname: string | null;
                        } | {
                            "@odata.type": string;
                            id: string;
                            displayName: string;
                            description: string | null;
                            mailNickname: string;
                            mailEnabled: boolean;
                            securityEnabled: boolean;
                            groupTypes: string[];
                            mail: string | null;
                            createdDateTime: string;
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            appDisplayName: string;
                            accountEnabled: boolean;
                            appOwnerOrganizationId: string;
                            createdDateTime: string;
                            servicePrincipalType: string;
                            servicePrincipalNames: string[];
                            signInAudience: string;
                            alternativeNames: string[];
                            appRoles: unknown[];
                            replyUrls: string[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        } | {
                            "@odata.type": string;
                            id: string;
                            appId: string;
                            displayName: string;
                            createdDateTime: string;
                            publisherDomain: string;
                            signInAudience: string;
                            isFallbackPublicClient: boolean;
                            identifierUris: string[];
                            web: {
                                homePageUrl: string | null;
                                redirectUris: string[];
                            };
                            spa: {
                                redirectUris: string[];
                            };
                            publicClient: {
                                redirectUris: string[];
                            };
                            requiredResourceAccess: unknown[];
                            appRoles: unknown[];
                            tags: string[];
                            passwordCredentials: {
                                customKeyIdentifier: string | null;
                                displayName: string | null;
                                endDateTime: string;
                                hint: string | null;
                                keyId: string;
                                secretText: string | null;
                                startDateTime: string;
                            }[];
                            keyCredentials: {
                                customKeyIdentifier: string;
                                displayName: string | null;
                                endDateTime: string;
                                key: null;
                                keyId: string;
                                startDateTime: string;
                                type: string;
                                usage: string;
                            }[];
                        })[];
                        "@odata.nextLink"?: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "portal-page": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                page: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description It is at `Location`. */
            307: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is at `Location` for good. */
            308: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "portal-asset": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description Unchanged: what the client has is what is here. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "portal-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        byPath: boolean;
                        clientId: string;
                        tenantId: string;
                        managementAudience: string;
                        graphAudience: string;
                        management: string;
                        graph: string;
                        authority: string;
                        portal: string;
                        scheme: string;
                        loginServerSuffix: string;
                        defaultRegistry: string;
                    };
                };
            };
            /** @description Refused; the text says why, and what to do next. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
