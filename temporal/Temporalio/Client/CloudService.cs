using Google.Protobuf;
using Temporalio.Api.Cloud.CloudService.V1;

namespace Temporalio.Client;

/// <summary>Temporal Cloud's operations as they are.</summary>
public abstract class CloudService : RpcService
{
    protected CloudService()
    {
    }

    internal override string FullName => Methods.Name;

    private static RpcServiceMethods Methods { get; } =
        new(TemporalApiCloudCloudserviceV1Reflection.Descriptor.Services.Single(s => s.Name == "CloudService"));

    public Task<AddNamespaceRegionResponse> AddNamespaceRegionAsync(AddNamespaceRegionRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("AddNamespaceRegion", req, AddNamespaceRegionResponse.Parser, options);
    public Task<AddUserGroupMemberResponse> AddUserGroupMemberAsync(AddUserGroupMemberRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("AddUserGroupMember", req, AddUserGroupMemberResponse.Parser, options);
    public Task<CreateAccountAuditLogSinkResponse> CreateAccountAuditLogSinkAsync(CreateAccountAuditLogSinkRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateAccountAuditLogSink", req, CreateAccountAuditLogSinkResponse.Parser, options);
    public Task<CreateApiKeyResponse> CreateApiKeyAsync(CreateApiKeyRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateApiKey", req, CreateApiKeyResponse.Parser, options);
    public Task<CreateBillingReportResponse> CreateBillingReportAsync(CreateBillingReportRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateBillingReport", req, CreateBillingReportResponse.Parser, options);
    public Task<CreateConnectivityRuleResponse> CreateConnectivityRuleAsync(CreateConnectivityRuleRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateConnectivityRule", req, CreateConnectivityRuleResponse.Parser, options);
    public Task<CreateCustomRoleResponse> CreateCustomRoleAsync(CreateCustomRoleRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateCustomRole", req, CreateCustomRoleResponse.Parser, options);
    public Task<CreateNamespaceResponse> CreateNamespaceAsync(CreateNamespaceRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateNamespace", req, CreateNamespaceResponse.Parser, options);
    public Task<CreateNamespaceExportSinkResponse> CreateNamespaceExportSinkAsync(CreateNamespaceExportSinkRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateNamespaceExportSink", req, CreateNamespaceExportSinkResponse.Parser, options);
    public Task<CreateNexusEndpointResponse> CreateNexusEndpointAsync(CreateNexusEndpointRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateNexusEndpoint", req, CreateNexusEndpointResponse.Parser, options);
    public Task<CreateServiceAccountResponse> CreateServiceAccountAsync(CreateServiceAccountRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateServiceAccount", req, CreateServiceAccountResponse.Parser, options);
    public Task<CreateUserResponse> CreateUserAsync(CreateUserRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateUser", req, CreateUserResponse.Parser, options);
    public Task<CreateUserGroupResponse> CreateUserGroupAsync(CreateUserGroupRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("CreateUserGroup", req, CreateUserGroupResponse.Parser, options);
    public Task<DeleteAccountAuditLogSinkResponse> DeleteAccountAuditLogSinkAsync(DeleteAccountAuditLogSinkRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteAccountAuditLogSink", req, DeleteAccountAuditLogSinkResponse.Parser, options);
    public Task<DeleteApiKeyResponse> DeleteApiKeyAsync(DeleteApiKeyRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteApiKey", req, DeleteApiKeyResponse.Parser, options);
    public Task<DeleteConnectivityRuleResponse> DeleteConnectivityRuleAsync(DeleteConnectivityRuleRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteConnectivityRule", req, DeleteConnectivityRuleResponse.Parser, options);
    public Task<DeleteCustomRoleResponse> DeleteCustomRoleAsync(DeleteCustomRoleRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteCustomRole", req, DeleteCustomRoleResponse.Parser, options);
    public Task<DeleteNamespaceResponse> DeleteNamespaceAsync(DeleteNamespaceRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteNamespace", req, DeleteNamespaceResponse.Parser, options);
    public Task<DeleteNamespaceExportSinkResponse> DeleteNamespaceExportSinkAsync(DeleteNamespaceExportSinkRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteNamespaceExportSink", req, DeleteNamespaceExportSinkResponse.Parser, options);
    public Task<DeleteNamespaceRegionResponse> DeleteNamespaceRegionAsync(DeleteNamespaceRegionRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteNamespaceRegion", req, DeleteNamespaceRegionResponse.Parser, options);
    public Task<DeleteNexusEndpointResponse> DeleteNexusEndpointAsync(DeleteNexusEndpointRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteNexusEndpoint", req, DeleteNexusEndpointResponse.Parser, options);
    public Task<DeleteServiceAccountResponse> DeleteServiceAccountAsync(DeleteServiceAccountRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteServiceAccount", req, DeleteServiceAccountResponse.Parser, options);
    public Task<DeleteUserResponse> DeleteUserAsync(DeleteUserRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteUser", req, DeleteUserResponse.Parser, options);
    public Task<DeleteUserGroupResponse> DeleteUserGroupAsync(DeleteUserGroupRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("DeleteUserGroup", req, DeleteUserGroupResponse.Parser, options);
    public Task<FailoverNamespaceRegionResponse> FailoverNamespaceRegionAsync(FailoverNamespaceRegionRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("FailoverNamespaceRegion", req, FailoverNamespaceRegionResponse.Parser, options);
    public Task<GetAccountResponse> GetAccountAsync(GetAccountRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetAccount", req, GetAccountResponse.Parser, options);
    public Task<GetAccountAuditLogSinkResponse> GetAccountAuditLogSinkAsync(GetAccountAuditLogSinkRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetAccountAuditLogSink", req, GetAccountAuditLogSinkResponse.Parser, options);
    public Task<GetAccountAuditLogSinksResponse> GetAccountAuditLogSinksAsync(GetAccountAuditLogSinksRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetAccountAuditLogSinks", req, GetAccountAuditLogSinksResponse.Parser, options);
    public Task<GetApiKeyResponse> GetApiKeyAsync(GetApiKeyRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetApiKey", req, GetApiKeyResponse.Parser, options);
    public Task<GetApiKeysResponse> GetApiKeysAsync(GetApiKeysRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetApiKeys", req, GetApiKeysResponse.Parser, options);
    public Task<GetAsyncOperationResponse> GetAsyncOperationAsync(GetAsyncOperationRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetAsyncOperation", req, GetAsyncOperationResponse.Parser, options);
    public Task<GetAuditLogsResponse> GetAuditLogsAsync(GetAuditLogsRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetAuditLogs", req, GetAuditLogsResponse.Parser, options);
    public Task<GetBillingReportResponse> GetBillingReportAsync(GetBillingReportRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetBillingReport", req, GetBillingReportResponse.Parser, options);
    public Task<GetConnectivityRuleResponse> GetConnectivityRuleAsync(GetConnectivityRuleRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetConnectivityRule", req, GetConnectivityRuleResponse.Parser, options);
    public Task<GetConnectivityRulesResponse> GetConnectivityRulesAsync(GetConnectivityRulesRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetConnectivityRules", req, GetConnectivityRulesResponse.Parser, options);
    public Task<GetCurrentIdentityResponse> GetCurrentIdentityAsync(GetCurrentIdentityRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetCurrentIdentity", req, GetCurrentIdentityResponse.Parser, options);
    public Task<GetCustomRoleResponse> GetCustomRoleAsync(GetCustomRoleRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetCustomRole", req, GetCustomRoleResponse.Parser, options);
    public Task<GetCustomRolesResponse> GetCustomRolesAsync(GetCustomRolesRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetCustomRoles", req, GetCustomRolesResponse.Parser, options);
    public Task<GetNamespaceResponse> GetNamespaceAsync(GetNamespaceRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetNamespace", req, GetNamespaceResponse.Parser, options);
    public Task<GetNamespaceCapacityInfoResponse> GetNamespaceCapacityInfoAsync(GetNamespaceCapacityInfoRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetNamespaceCapacityInfo", req, GetNamespaceCapacityInfoResponse.Parser, options);
    public Task<GetNamespaceExportSinkResponse> GetNamespaceExportSinkAsync(GetNamespaceExportSinkRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetNamespaceExportSink", req, GetNamespaceExportSinkResponse.Parser, options);
    public Task<GetNamespaceExportSinksResponse> GetNamespaceExportSinksAsync(GetNamespaceExportSinksRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetNamespaceExportSinks", req, GetNamespaceExportSinksResponse.Parser, options);
    public Task<GetNamespacesResponse> GetNamespacesAsync(GetNamespacesRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetNamespaces", req, GetNamespacesResponse.Parser, options);
    public Task<GetNexusEndpointResponse> GetNexusEndpointAsync(GetNexusEndpointRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetNexusEndpoint", req, GetNexusEndpointResponse.Parser, options);
    public Task<GetNexusEndpointsResponse> GetNexusEndpointsAsync(GetNexusEndpointsRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetNexusEndpoints", req, GetNexusEndpointsResponse.Parser, options);
    public Task<GetRegionResponse> GetRegionAsync(GetRegionRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetRegion", req, GetRegionResponse.Parser, options);
    public Task<GetRegionsResponse> GetRegionsAsync(GetRegionsRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetRegions", req, GetRegionsResponse.Parser, options);
    public Task<GetServiceAccountResponse> GetServiceAccountAsync(GetServiceAccountRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetServiceAccount", req, GetServiceAccountResponse.Parser, options);
    public Task<GetServiceAccountNamespaceAssignmentsResponse> GetServiceAccountNamespaceAssignmentsAsync(GetServiceAccountNamespaceAssignmentsRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetServiceAccountNamespaceAssignments", req, GetServiceAccountNamespaceAssignmentsResponse.Parser, options);
    public Task<GetServiceAccountsResponse> GetServiceAccountsAsync(GetServiceAccountsRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetServiceAccounts", req, GetServiceAccountsResponse.Parser, options);
    public Task<GetUsageResponse> GetUsageAsync(GetUsageRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetUsage", req, GetUsageResponse.Parser, options);
    public Task<GetUserResponse> GetUserAsync(GetUserRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetUser", req, GetUserResponse.Parser, options);
    public Task<GetUserGroupResponse> GetUserGroupAsync(GetUserGroupRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetUserGroup", req, GetUserGroupResponse.Parser, options);
    public Task<GetUserGroupMembersResponse> GetUserGroupMembersAsync(GetUserGroupMembersRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetUserGroupMembers", req, GetUserGroupMembersResponse.Parser, options);
    public Task<GetUserGroupNamespaceAssignmentsResponse> GetUserGroupNamespaceAssignmentsAsync(GetUserGroupNamespaceAssignmentsRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetUserGroupNamespaceAssignments", req, GetUserGroupNamespaceAssignmentsResponse.Parser, options);
    public Task<GetUserGroupsResponse> GetUserGroupsAsync(GetUserGroupsRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetUserGroups", req, GetUserGroupsResponse.Parser, options);
    public Task<GetUserNamespaceAssignmentsResponse> GetUserNamespaceAssignmentsAsync(GetUserNamespaceAssignmentsRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetUserNamespaceAssignments", req, GetUserNamespaceAssignmentsResponse.Parser, options);
    public Task<GetUsersResponse> GetUsersAsync(GetUsersRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("GetUsers", req, GetUsersResponse.Parser, options);
    public Task<RemoveUserGroupMemberResponse> RemoveUserGroupMemberAsync(RemoveUserGroupMemberRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("RemoveUserGroupMember", req, RemoveUserGroupMemberResponse.Parser, options);
    public Task<RenameCustomSearchAttributeResponse> RenameCustomSearchAttributeAsync(RenameCustomSearchAttributeRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("RenameCustomSearchAttribute", req, RenameCustomSearchAttributeResponse.Parser, options);
    public Task<SetServiceAccountNamespaceAccessResponse> SetServiceAccountNamespaceAccessAsync(SetServiceAccountNamespaceAccessRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("SetServiceAccountNamespaceAccess", req, SetServiceAccountNamespaceAccessResponse.Parser, options);
    public Task<SetUserGroupNamespaceAccessResponse> SetUserGroupNamespaceAccessAsync(SetUserGroupNamespaceAccessRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("SetUserGroupNamespaceAccess", req, SetUserGroupNamespaceAccessResponse.Parser, options);
    public Task<SetUserNamespaceAccessResponse> SetUserNamespaceAccessAsync(SetUserNamespaceAccessRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("SetUserNamespaceAccess", req, SetUserNamespaceAccessResponse.Parser, options);
    public Task<UpdateAccountResponse> UpdateAccountAsync(UpdateAccountRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateAccount", req, UpdateAccountResponse.Parser, options);
    public Task<UpdateAccountAuditLogSinkResponse> UpdateAccountAuditLogSinkAsync(UpdateAccountAuditLogSinkRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateAccountAuditLogSink", req, UpdateAccountAuditLogSinkResponse.Parser, options);
    public Task<UpdateApiKeyResponse> UpdateApiKeyAsync(UpdateApiKeyRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateApiKey", req, UpdateApiKeyResponse.Parser, options);
    public Task<UpdateCustomRoleResponse> UpdateCustomRoleAsync(UpdateCustomRoleRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateCustomRole", req, UpdateCustomRoleResponse.Parser, options);
    public Task<UpdateNamespaceResponse> UpdateNamespaceAsync(UpdateNamespaceRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateNamespace", req, UpdateNamespaceResponse.Parser, options);
    public Task<UpdateNamespaceExportSinkResponse> UpdateNamespaceExportSinkAsync(UpdateNamespaceExportSinkRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateNamespaceExportSink", req, UpdateNamespaceExportSinkResponse.Parser, options);
    public Task<UpdateNamespaceTagsResponse> UpdateNamespaceTagsAsync(UpdateNamespaceTagsRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateNamespaceTags", req, UpdateNamespaceTagsResponse.Parser, options);
    public Task<UpdateNexusEndpointResponse> UpdateNexusEndpointAsync(UpdateNexusEndpointRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateNexusEndpoint", req, UpdateNexusEndpointResponse.Parser, options);
    public Task<UpdateServiceAccountResponse> UpdateServiceAccountAsync(UpdateServiceAccountRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateServiceAccount", req, UpdateServiceAccountResponse.Parser, options);
    public Task<UpdateUserResponse> UpdateUserAsync(UpdateUserRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateUser", req, UpdateUserResponse.Parser, options);
    public Task<UpdateUserGroupResponse> UpdateUserGroupAsync(UpdateUserGroupRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("UpdateUserGroup", req, UpdateUserGroupResponse.Parser, options);
    public Task<ValidateAccountAuditLogSinkResponse> ValidateAccountAuditLogSinkAsync(ValidateAccountAuditLogSinkRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("ValidateAccountAuditLogSink", req, ValidateAccountAuditLogSinkResponse.Parser, options);
    public Task<ValidateNamespaceExportSinkResponse> ValidateNamespaceExportSinkAsync(ValidateNamespaceExportSinkRequest req, RpcOptions? options = null) =>
        InvokeRpcAsync("ValidateNamespaceExportSink", req, ValidateNamespaceExportSinkResponse.Parser, options);

    /// <summary>The service over a connection.</summary>
    public class Core(TemporalConnection connection) : CloudService
    {
        protected override Task<T> InvokeRpcAsync<T>(string rpc, IMessage req, MessageParser<T> resp, RpcOptions? options = null) =>
            connection.InvokeRpcAsync<T>(Methods[rpc], req, options);
    }
}
